ALTER TABLE "Checkpoints" ADD COLUMN "JobId" bigint;
ALTER TABLE "Checkpoints" ADD COLUMN "Step" integer;
