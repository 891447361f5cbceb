using System.Security.Cryptography;
using Labeler.Shared.Epochs;

namespace Labeler.Shared.Voting;

/// <summary>Chooses new items for a person and leases them.</summary>
/// <param name="ofSomePrompts">Only of the prompts that were chosen for them; see <see cref="AssignedPrompt"/>.</param>
internal sealed class Lending(LabelerDb db, long projectId, Guid annotator, bool ofSomePrompts)
{
    // One statement, so that it is the database that decides who gets what. A lease that ends later than any could was written by a clock
    // that jumped: it counts as over.
    public Task<List<Lease>> Lend(int count, bool measuring, DateTimeOffset now, CancellationToken cancel)
    {
        var latest = (now + Lease.Lifetime + ClockSkew.Tolerance).ToUnixTimeMilliseconds();
        var (start, end, salt) =
            (now.ToUnixTimeMilliseconds(), (now + Lease.Lifetime).ToUnixTimeMilliseconds(),
                (long)RandomNumberGenerator.GetInt32(int.MaxValue));
        var (open, closed, training, gold, judgement) =
            ((int)ItemState.Open, (int)EpochState.Frozen, (int)ItemUse.Training, (int)ItemUse.Gold, (int)VoteKind.Judgement);
        return db.Leases.FromSql($"""
            INSERT INTO "Leases" ("ItemId", "AnnotatorId", "TakenAt", "ExpiresAt", "FirstOnLeft", "ChecksId")
            SELECT i."Id", {annotator}, {start}, {end}, (i."Id" * 2654435761 + {salt}) / 65536 % 2 = 0,
                CASE WHEN i."Check" = 0 OR i."Votes" = 0 THEN NULL ELSE (SELECT min(v."Id") FROM "Votes" AS v WHERE v."ItemId" = i."Id"
                    AND v."Kind" = {judgement} AND v."SupersededById" IS NULL AND v."Quarantine" IS NULL AND NOT v."Surplus") END
            FROM "Items" AS i JOIN "Epochs" AS e ON e."Id" = i."EpochId"
            WHERE i."ProjectId" = {projectId} AND i."State" = {open} AND e."State" < {closed} AND (i."Use" <> {training}) = {measuring}
              AND i."Votes" + (SELECT count(*) FROM "Leases" AS o WHERE o."ItemId" = i."Id" AND o."AnnotatorId" <> {annotator}
                               AND o."DoneAt" IS NULL AND o."UnblindedAt" IS NULL 
                    AND o."ExpiresAt" > {start} AND o."ExpiresAt" <= {latest})
                    < CASE WHEN i."Check" = 0 OR i."Votes" >= i."VotesWanted" THEN i."VotesWanted" ELSE i."Votes" + 1 END
              AND (i."Use" <> {gold} OR NOT EXISTS (SELECT 1 FROM "PracticeAnswers" AS p
                              WHERE p."AnnotatorId" = {annotator} AND p."GroupId" = i."GroupId"))
              AND (NOT {ofSomePrompts} OR (SELECT g."Prompt" FROM "Groups" AS g WHERE g."Id" = i."GroupId")
                    IN (SELECT a."Text" FROM "AssignedPrompts" AS a WHERE a."ProjectId" = {projectId} AND a."AccountId" = {annotator}))
              AND NOT EXISTS (SELECT 1 FROM "Leases" AS m WHERE m."ItemId" = i."Id" AND m."AnnotatorId" = {annotator}
                              AND (m."DoneAt" IS NOT NULL OR m."UnblindedAt" IS NOT NULL OR m."ExpiresAt" > {start}))
            ORDER BY CASE WHEN i."Rank" < 0 THEN (i."Id" * 2654435761 + {salt}) / 65536 % 65536 ELSE 0 END, i."EpochId", i."Rank", i."Id"
            LIMIT {count}
            ON CONFLICT ("ItemId", "AnnotatorId") DO UPDATE SET "TakenAt" = excluded."TakenAt",
                "ExpiresAt" = excluded."ExpiresAt", "FirstOnLeft" = excluded."FirstOnLeft",
                "ChecksId" = excluded."ChecksId"
            RETURNING *
            """).AsNoTracking().ToListAsync(cancel);
    }
}
