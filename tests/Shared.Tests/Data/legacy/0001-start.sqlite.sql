-- The first schema. Times are milliseconds since 1970 in UTC; enumerations are the numbers of their C# types.
CREATE TABLE "SchemaVersions" (
    "Version" INTEGER NOT NULL PRIMARY KEY,
    "Name" TEXT NOT NULL,
    "AppliedAt" INTEGER NOT NULL
);

CREATE TABLE "Accounts" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_Accounts" PRIMARY KEY,
    "DisplayName" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "Theme" INTEGER NOT NULL,
    "Keys" TEXT NOT NULL,
    "DailyExposureBudget" INTEGER NULL,
    "OptOuts" TEXT NOT NULL,
    "WithdrawnAt" INTEGER NULL,
    "UserName" TEXT NULL,
    "NormalizedUserName" TEXT NULL,
    "Email" TEXT NULL,
    "NormalizedEmail" TEXT NULL,
    "EmailConfirmed" INTEGER NOT NULL,
    "PasswordHash" TEXT NULL,
    "SecurityStamp" TEXT NULL,
    "ConcurrencyStamp" TEXT NULL,
    "PhoneNumber" TEXT NULL,
    "PhoneNumberConfirmed" INTEGER NOT NULL,
    "TwoFactorEnabled" INTEGER NOT NULL,
    "LockoutEnd" INTEGER NULL,
    "LockoutEnabled" INTEGER NOT NULL,
    "AccessFailedCount" INTEGER NOT NULL
);

CREATE TABLE "Checkpoints" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Checkpoints" PRIMARY KEY AUTOINCREMENT,
    "ProjectId" INTEGER NOT NULL,
    "EpochId" INTEGER NOT NULL,
    "ParentId" INTEGER NULL,
    "Kind" INTEGER NOT NULL,
    "WeightsHash" TEXT NOT NULL,
    "OptimizerHash" TEXT NULL,
    "ManifestHash" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "RolledBackAt" INTEGER NULL
);

CREATE TABLE "Invitations" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Invitations" PRIMARY KEY AUTOINCREMENT,
    "TokenHash" TEXT NOT NULL,
    "Role" TEXT NOT NULL,
    "Note" TEXT NOT NULL,
    "InvitedBy" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "UsedAt" INTEGER NULL,
    "UsedBy" TEXT NULL
);

CREATE TABLE "Jobs" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Jobs" PRIMARY KEY AUTOINCREMENT,
    "Kind" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "ProjectId" INTEGER NULL,
    "EpochId" INTEGER NULL,
    "Payload" TEXT NOT NULL,
    "Priority" INTEGER NOT NULL,
    "Attempt" INTEGER NOT NULL,
    "MaxAttempts" INTEGER NOT NULL,
    "Worker" TEXT NULL,
    "LeaseExpiresAt" INTEGER NULL,
    "HeartbeatAt" INTEGER NULL,
    "CancelRequested" INTEGER NOT NULL,
    "Progress" REAL NOT NULL,
    "Message" TEXT NOT NULL,
    "SecondsLeft" REAL NULL,
    "Error" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "StartedAt" INTEGER NULL,
    "EndedAt" INTEGER NULL
);

CREATE TABLE "Projects" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Projects" PRIMARY KEY AUTOINCREMENT,
    "Slug" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Task" INTEGER NOT NULL,
    "Settings" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "DeletedAt" INTEGER NULL
);

CREATE TABLE "Roles" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_Roles" PRIMARY KEY,
    "Name" TEXT NULL,
    "NormalizedName" TEXT NULL,
    "ConcurrencyStamp" TEXT NULL
);

CREATE TABLE "AccountClaims" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_AccountClaims" PRIMARY KEY AUTOINCREMENT,
    "UserId" TEXT NOT NULL,
    "ClaimType" TEXT NULL,
    "ClaimValue" TEXT NULL,
    CONSTRAINT "FK_AccountClaims_Accounts_UserId" FOREIGN KEY ("UserId") REFERENCES "Accounts" ("Id") ON DELETE CASCADE
);

CREATE TABLE "AccountLogins" (
    "LoginProvider" TEXT NOT NULL,
    "ProviderKey" TEXT NOT NULL,
    "ProviderDisplayName" TEXT NULL,
    "UserId" TEXT NOT NULL,
    CONSTRAINT "PK_AccountLogins" PRIMARY KEY ("LoginProvider", "ProviderKey"),
    CONSTRAINT "FK_AccountLogins_Accounts_UserId" FOREIGN KEY ("UserId") REFERENCES "Accounts" ("Id") ON DELETE CASCADE
);

CREATE TABLE "AccountTokens" (
    "UserId" TEXT NOT NULL,
    "LoginProvider" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Value" TEXT NULL,
    CONSTRAINT "PK_AccountTokens" PRIMARY KEY ("UserId", "LoginProvider", "Name"),
    CONSTRAINT "FK_AccountTokens_Accounts_UserId" FOREIGN KEY ("UserId") REFERENCES "Accounts" ("Id") ON DELETE CASCADE
);

CREATE TABLE "JobLines" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_JobLines" PRIMARY KEY AUTOINCREMENT,
    "JobId" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "Text" TEXT NOT NULL,
    CONSTRAINT "FK_JobLines_Jobs_JobId" FOREIGN KEY ("JobId") REFERENCES "Jobs" ("Id") ON DELETE CASCADE
);

CREATE TABLE "JobMetrics" (
    "JobId" INTEGER NOT NULL,
    "Step" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "Value" REAL NOT NULL,
    CONSTRAINT "PK_JobMetrics" PRIMARY KEY ("JobId", "Step", "Name"),
    CONSTRAINT "FK_JobMetrics_Jobs_JobId" FOREIGN KEY ("JobId") REFERENCES "Jobs" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Epochs" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Epochs" PRIMARY KEY AUTOINCREMENT,
    "ProjectId" INTEGER NOT NULL,
    "Number" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "SampledById" INTEGER NULL,
    "CheckpointId" INTEGER NULL,
    "ManifestHash" TEXT NULL,
    "Signal" INTEGER NULL,
    "GroupsWanted" INTEGER NOT NULL,
    "Error" TEXT NULL,
    "FailedFrom" INTEGER NULL,
    "CreatedAt" INTEGER NOT NULL,
    "LabellingSince" INTEGER NULL,
    "FrozenAt" INTEGER NULL,
    "EndedAt" INTEGER NULL,
    CONSTRAINT "FK_Epochs_Checkpoints_CheckpointId" FOREIGN KEY ("CheckpointId") REFERENCES "Checkpoints" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_Epochs_Checkpoints_SampledById" FOREIGN KEY ("SampledById") REFERENCES "Checkpoints" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_Epochs_Projects_ProjectId" FOREIGN KEY ("ProjectId") REFERENCES "Projects" ("Id") ON DELETE RESTRICT
);

CREATE TABLE "Prompts" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Prompts" PRIMARY KEY AUTOINCREMENT,
    "ProjectId" INTEGER NOT NULL,
    "Text" TEXT NOT NULL,
    "Position" INTEGER NOT NULL,
    "Use" INTEGER NOT NULL,
    CONSTRAINT "FK_Prompts_Projects_ProjectId" FOREIGN KEY ("ProjectId") REFERENCES "Projects" ("Id") ON DELETE CASCADE
);

CREATE TABLE "AccountRoles" (
    "UserId" TEXT NOT NULL,
    "RoleId" TEXT NOT NULL,
    CONSTRAINT "PK_AccountRoles" PRIMARY KEY ("UserId", "RoleId"),
    CONSTRAINT "FK_AccountRoles_Accounts_UserId" FOREIGN KEY ("UserId") REFERENCES "Accounts" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_AccountRoles_Roles_RoleId" FOREIGN KEY ("RoleId") REFERENCES "Roles" ("Id") ON DELETE CASCADE
);

CREATE TABLE "RoleClaims" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_RoleClaims" PRIMARY KEY AUTOINCREMENT,
    "RoleId" TEXT NOT NULL,
    "ClaimType" TEXT NULL,
    "ClaimValue" TEXT NULL,
    CONSTRAINT "FK_RoleClaims_Roles_RoleId" FOREIGN KEY ("RoleId") REFERENCES "Roles" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Groups" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Groups" PRIMARY KEY AUTOINCREMENT,
    "ProjectId" INTEGER NOT NULL,
    "EpochId" INTEGER NOT NULL,
    "Use" INTEGER NOT NULL,
    "Number" INTEGER NOT NULL,
    "PromptId" INTEGER NULL,
    "Prompt" TEXT NOT NULL,
    "Seed" INTEGER NOT NULL,
    "TrajectoryHash" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    CONSTRAINT "FK_Groups_Epochs_EpochId" FOREIGN KEY ("EpochId") REFERENCES "Epochs" ("Id") ON DELETE RESTRICT
);

CREATE TABLE "Images" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Images" PRIMARY KEY AUTOINCREMENT,
    "GroupId" INTEGER NOT NULL,
    "Index" INTEGER NOT NULL,
    "ContentHash" TEXT NOT NULL,
    "Width" INTEGER NOT NULL,
    "Height" INTEGER NOT NULL,
    "Seed" INTEGER NOT NULL,
    CONSTRAINT "FK_Images_Groups_GroupId" FOREIGN KEY ("GroupId") REFERENCES "Groups" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Items" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Items" PRIMARY KEY AUTOINCREMENT,
    "ProjectId" INTEGER NOT NULL,
    "EpochId" INTEGER NOT NULL,
    "Use" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "Rank" INTEGER NOT NULL,
    "GroupId" INTEGER NOT NULL,
    "FirstId" INTEGER NULL,
    "SecondId" INTEGER NULL,
    "VotesWanted" INTEGER NOT NULL,
    "Votes" INTEGER NOT NULL,
    "Gold" TEXT NULL,
    CONSTRAINT "FK_Items_Epochs_EpochId" FOREIGN KEY ("EpochId") REFERENCES "Epochs" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_Items_Groups_GroupId" FOREIGN KEY ("GroupId") REFERENCES "Groups" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_Items_Images_FirstId" FOREIGN KEY ("FirstId") REFERENCES "Images" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_Items_Images_SecondId" FOREIGN KEY ("SecondId") REFERENCES "Images" ("Id") ON DELETE RESTRICT
);

CREATE TABLE "Leases" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Leases" PRIMARY KEY AUTOINCREMENT,
    "ItemId" INTEGER NOT NULL,
    "AnnotatorId" TEXT NOT NULL,
    "TakenAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "FirstOnLeft" INTEGER NOT NULL,
    "DoneAt" INTEGER NULL,
    "UnblindedAt" INTEGER NULL,
    CONSTRAINT "FK_Leases_Items_ItemId" FOREIGN KEY ("ItemId") REFERENCES "Items" ("Id") ON DELETE CASCADE
);

CREATE TABLE "Votes" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Votes" PRIMARY KEY AUTOINCREMENT,
    "Key" TEXT NOT NULL,
    "Kind" INTEGER NOT NULL,
    "ProjectId" INTEGER NOT NULL,
    "EpochId" INTEGER NOT NULL,
    "ItemId" INTEGER NOT NULL,
    "AnnotatorId" TEXT NOT NULL,
    "Verdict" TEXT NULL,
    "Seen" INTEGER NOT NULL,
    "Flagged" INTEGER NOT NULL,
    "Deformed" INTEGER NOT NULL,
    "Unsafe" INTEGER NOT NULL,
    "Exposed" INTEGER NOT NULL,
    "Choice" TEXT NULL,
    "Score" REAL NULL,
    "Reason" TEXT NULL,
    "DurationMs" INTEGER NOT NULL,
    "ClientTime" INTEGER NULL,
    "At" INTEGER NOT NULL,
    "Surplus" INTEGER NOT NULL,
    "SupersededById" INTEGER NULL,
    "Quarantine" TEXT NULL,
    "QuarantinedAt" INTEGER NULL,
    CONSTRAINT "FK_Votes_Items_ItemId" FOREIGN KEY ("ItemId") REFERENCES "Items" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_Votes_Votes_SupersededById" FOREIGN KEY ("SupersededById") REFERENCES "Votes" ("Id") ON DELETE RESTRICT
);

CREATE TABLE "TaughtBy" (
    "CheckpointId" INTEGER NOT NULL,
    "VoteId" INTEGER NOT NULL,
    CONSTRAINT "PK_TaughtBy" PRIMARY KEY ("CheckpointId", "VoteId"),
    CONSTRAINT "FK_TaughtBy_Checkpoints_CheckpointId" FOREIGN KEY ("CheckpointId") REFERENCES "Checkpoints" ("Id") ON DELETE RESTRICT,
    CONSTRAINT "FK_TaughtBy_Votes_VoteId" FOREIGN KEY ("VoteId") REFERENCES "Votes" ("Id") ON DELETE RESTRICT
);

CREATE INDEX "IX_AccountClaims_UserId" ON "AccountClaims" ("UserId");
CREATE INDEX "IX_AccountLogins_UserId" ON "AccountLogins" ("UserId");
CREATE INDEX "IX_AccountRoles_RoleId" ON "AccountRoles" ("RoleId");
CREATE INDEX "EmailIndex" ON "Accounts" ("NormalizedEmail");
CREATE UNIQUE INDEX "UserNameIndex" ON "Accounts" ("NormalizedUserName");
CREATE INDEX "IX_Checkpoints_EpochId" ON "Checkpoints" ("EpochId");
CREATE INDEX "IX_Checkpoints_ProjectId" ON "Checkpoints" ("ProjectId");
CREATE INDEX "IX_Epochs_CheckpointId" ON "Epochs" ("CheckpointId");
CREATE UNIQUE INDEX "IX_Epochs_ProjectId_Number" ON "Epochs" ("ProjectId", "Number");
CREATE INDEX "IX_Epochs_SampledById" ON "Epochs" ("SampledById");
CREATE UNIQUE INDEX "IX_Groups_EpochId_Use_Number" ON "Groups" ("EpochId", "Use", "Number");
CREATE INDEX "IX_Images_ContentHash" ON "Images" ("ContentHash");
CREATE UNIQUE INDEX "IX_Images_GroupId_Index" ON "Images" ("GroupId", "Index");
CREATE UNIQUE INDEX "IX_Invitations_TokenHash" ON "Invitations" ("TokenHash");
CREATE INDEX "IX_Items_EpochId" ON "Items" ("EpochId");
CREATE INDEX "IX_Items_FirstId" ON "Items" ("FirstId");
CREATE INDEX "IX_Items_GroupId" ON "Items" ("GroupId");
CREATE INDEX "IX_Items_ProjectId_State_EpochId_Rank" ON "Items" ("ProjectId", "State", "EpochId", "Rank");
CREATE INDEX "IX_Items_SecondId" ON "Items" ("SecondId");
CREATE INDEX "IX_JobLines_JobId_Id" ON "JobLines" ("JobId", "Id");
CREATE INDEX "IX_Jobs_EpochId" ON "Jobs" ("EpochId");
CREATE INDEX "IX_Jobs_State_Priority" ON "Jobs" ("State", "Priority");
CREATE INDEX "IX_Leases_AnnotatorId_DoneAt" ON "Leases" ("AnnotatorId", "DoneAt");
CREATE UNIQUE INDEX "IX_Leases_ItemId_AnnotatorId" ON "Leases" ("ItemId", "AnnotatorId");
CREATE UNIQUE INDEX "IX_Projects_Slug" ON "Projects" ("Slug");
CREATE INDEX "IX_Prompts_ProjectId" ON "Prompts" ("ProjectId");
CREATE INDEX "IX_RoleClaims_RoleId" ON "RoleClaims" ("RoleId");
CREATE UNIQUE INDEX "RoleNameIndex" ON "Roles" ("NormalizedName");
CREATE INDEX "IX_TaughtBy_VoteId" ON "TaughtBy" ("VoteId");
CREATE INDEX "IX_Votes_AnnotatorId_Id" ON "Votes" ("AnnotatorId", "Id");
CREATE INDEX "IX_Votes_EpochId_Kind" ON "Votes" ("EpochId", "Kind");
CREATE UNIQUE INDEX "IX_Votes_ItemId_AnnotatorId" ON "Votes" ("ItemId", "AnnotatorId") WHERE "Kind" < 2 AND "SupersededById" IS NULL;
CREATE UNIQUE INDEX "IX_Votes_Key" ON "Votes" ("Key");
CREATE INDEX "IX_Votes_ProjectId_At" ON "Votes" ("ProjectId", "At");
CREATE INDEX "IX_Votes_SupersededById" ON "Votes" ("SupersededById");
