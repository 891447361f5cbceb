CREATE TABLE "LearnedRewards" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_LearnedRewards" PRIMARY KEY AUTOINCREMENT,
    "ProjectId" INTEGER NOT NULL,
    "JobId" INTEGER NOT NULL,
    "ManifestHash" TEXT NOT NULL,
    "WeightsHash" TEXT NOT NULL,
    "LearnedPairs" INTEGER NOT NULL,
    "Right" INTEGER NOT NULL,
    "HeldOut" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "AcceptedAt" INTEGER NULL,
    "AcceptedBy" TEXT NULL,
    CONSTRAINT "FK_LearnedRewards_Jobs_JobId" FOREIGN KEY ("JobId") REFERENCES "Jobs" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_LearnedRewards_Projects_ProjectId" FOREIGN KEY ("ProjectId") REFERENCES "Projects" ("Id") ON DELETE RESTRICT
);
CREATE UNIQUE INDEX "IX_LearnedRewards_JobId" ON "LearnedRewards" ("JobId");
CREATE INDEX "IX_LearnedRewards_ProjectId" ON "LearnedRewards" ("ProjectId");
ALTER TABLE "Epochs" ADD COLUMN "RewardId" INTEGER NULL;
