CREATE TABLE "Photos" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Photos" PRIMARY KEY AUTOINCREMENT,
    "ProjectId" INTEGER NOT NULL,
    "JobId" INTEGER NOT NULL,
    "ImageId" INTEGER NOT NULL,
    "ContentHash" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Caption" TEXT NULL,
    "CaptionBy" TEXT NULL,
    "CaptionedAt" INTEGER NULL,
    "CaptionFault" TEXT NULL,
    "InputTokens" INTEGER NOT NULL,
    "OutputTokens" INTEGER NOT NULL,
    CONSTRAINT "FK_Photos_Images_ImageId" FOREIGN KEY ("ImageId") REFERENCES "Images" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_Photos_Jobs_JobId" FOREIGN KEY ("JobId") REFERENCES "Jobs" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_Photos_Projects_ProjectId" FOREIGN KEY ("ProjectId") REFERENCES "Projects" ("Id") ON DELETE RESTRICT
);

CREATE TABLE "SkippedFiles" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_SkippedFiles" PRIMARY KEY AUTOINCREMENT,
    "JobId" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "Kind" INTEGER NOT NULL,
    "Reason" TEXT NOT NULL,
    CONSTRAINT "FK_SkippedFiles_Jobs_JobId" FOREIGN KEY ("JobId") REFERENCES "Jobs" ("Id") ON DELETE CASCADE
);

CREATE TABLE "TrainingSheets" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_TrainingSheets" PRIMARY KEY AUTOINCREMENT,
    "JobId" INTEGER NOT NULL,
    "Label" TEXT NOT NULL,
    "Step" INTEGER NOT NULL,
    "Seeds" INTEGER NOT NULL,
    "ContentHash" TEXT NOT NULL,
    CONSTRAINT "FK_TrainingSheets_Jobs_JobId" FOREIGN KEY ("JobId") REFERENCES "Jobs" ("Id") ON DELETE CASCADE
);

CREATE INDEX "IX_Photos_ImageId" ON "Photos" ("ImageId");
CREATE INDEX "IX_Photos_JobId" ON "Photos" ("JobId");
CREATE UNIQUE INDEX "IX_Photos_ProjectId_ContentHash" ON "Photos" ("ProjectId", "ContentHash");
CREATE UNIQUE INDEX "IX_SkippedFiles_JobId_Name" ON "SkippedFiles" ("JobId", "Name");
CREATE UNIQUE INDEX "IX_TrainingSheets_JobId_Label_Step_Seeds" ON "TrainingSheets" ("JobId", "Label", "Step", "Seeds");
