CREATE TABLE "Evaluations" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Evaluations" PRIMARY KEY AUTOINCREMENT,
    "ProjectId" INTEGER NOT NULL,
    "Plan" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    CONSTRAINT "FK_Evaluations_Projects_ProjectId" FOREIGN KEY ("ProjectId") REFERENCES "Projects" ("Id") ON DELETE RESTRICT
);
CREATE UNIQUE INDEX "IX_Evaluations_ProjectId" ON "Evaluations" ("ProjectId");
