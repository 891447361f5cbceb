using Labeler.Shared.Audit;
using Labeler.Web.Features.Accounts;
using Microsoft.AspNetCore.Identity;
using VoteReview = Labeler.Shared.Voting.Review;

namespace Labeler.Web.Features.People;

/// <summary>Deleting a person: the account stays as a number, so that votes have somebody who gave them, and nothing of it says who that
/// was.</summary>
public sealed class Deletion(UserManager<Account> accounts, LabelerDb db, VoteReview review, TimeProvider time)
{
    /// <summary>Ends sessions, tokens and memberships and takes the name out of the account.</summary>
    /// <param name="withdraw">Their votes teach no further model, and others are asked in their place; else the votes count on.</param>
    /// <param name="typed">Their name, as whoever deletes them typed it.</param>
    /// <exception cref="LabelerException">Another name was typed, they are deleted already, or nobody would be left as admin.</exception>
    public async Task Delete(Guid id, bool withdraw, string typed, CancellationToken cancel)
    {
        // A recorder of its own, which nobody reads: else the line in the audit log would hold the name that is deleted.
        ChangeRecorder.Begin();
        var (now, account) = (time.GetUtcNow(), await accounts.Get(id));
        LabelerException.ThrowIf(typed.Trim() != account.DisplayName, "That is not their name: nobody was deleted.");
        await accounts.Change(db, id, now, async changed =>
        {
            Registration.Require(await accounts.SetLockoutEndDateAsync(changed, DateTimeOffset.MaxValue));
            Registration.Require(await accounts.RemoveFromRolesAsync(changed, await accounts.GetRolesAsync(changed)));
            changed.Forget(now);
            if (withdraw)
            {
                changed.Withdraw(now);
            }
            Registration.Require(await accounts.UpdateAsync(changed));
            await Remove(id, now, cancel);
        });
        if (withdraw)
        {
            await review.Withdraw(id, cancel);
        }
    }

    // Devices, addresses, names of tokens and what invitations said of them.
    private async Task Remove(Guid id, DateTimeOffset now, CancellationToken cancel)
    {
        await db.Sessions.Where(s => s.AccountId == id).ExecuteDeleteAsync(cancel);
        await db.AccessTokens.Where(t => t.AccountId == id).ExecuteDeleteAsync(cancel);
        await db.AnsweredRequests.Where(r => r.AccountId == id).ExecuteDeleteAsync(cancel);
        await db.Members.Where(m => m.AccountId == id).ExecuteDeleteAsync(cancel);
        await db.TeamPeople.Where(p => p.AccountId == id).ExecuteDeleteAsync(cancel);
        await db.MemberQuotas.Where(q => q.AccountId == id).ExecuteDeleteAsync(cancel);
        await db.AssignedPrompts.Where(p => p.AccountId == id).ExecuteDeleteAsync(cancel);
        await db.UserClaims.Where(c => c.UserId == id).ExecuteDeleteAsync(cancel);
        await db.UserLogins.Where(l => l.UserId == id).ExecuteDeleteAsync(cancel);
        await db.UserPasskeys.Where(p => p.UserId == id).ExecuteDeleteAsync(cancel);
        await db.UserTokens.Where(t => t.UserId == id).ExecuteDeleteAsync(cancel);
        await db.Invitations.Where(i => i.UsedBy == id).ExecuteUpdateAsync(set => set.SetProperty(i => i.Note, ""), cancel);
        await db.Leases.Where(l => l.AnnotatorId == id && l.DoneAt == null && l.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.ExpiresAt, now), cancel);
    }
}
