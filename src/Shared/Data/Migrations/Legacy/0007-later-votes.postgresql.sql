ALTER TABLE "LearnedRewards" ADD COLUMN "LaterRight" integer;
ALTER TABLE "LearnedRewards" ADD COLUMN "LaterPairs" integer;
ALTER TABLE "LearnedRewards" ADD COLUMN "LaterAt" bigint;
