using System.Globalization;
using Labeler.Shared.Webhooks;
using Labeler.Shared.Webhooks.Sending;
using Labeler.Web.Hosting;
using Microsoft.AspNetCore.Identity;

namespace Labeler.Web.Features.People;

/// <summary>Makes the link with which somebody makes an account, and mails it where an admin gives an address.</summary>
public sealed class Inviting(
    UserManager<Account> accounts, LabelerDb db, MailOptions mail, MailPost post, IStringLocalizer<Texts> texts, TimeProvider time)
{
    public const int LongestNote = 100;

    /// <param name="mailbox">Empty where nothing is mailed.</param>
    /// <returns>What the admin is told, with the link, which is shown only then.</returns>
    /// <exception cref="LabelerException">The note, the role or the address cannot be used; no invitation is made.</exception>
    public async Task<Notice> Invite(HttpContext context, string role, string note, string mailbox)
    {
        LabelerException.ThrowIf(note.Length > LongestNote, "A note has at most 100 characters.");
        LabelerException.ThrowIf(mailbox.Length > 0 && !mail.IsOn, MailOptions.Missing);
        LabelerException.ThrowIf(
            mailbox.Length > 0 && !MailTo.IsMailbox(mailbox), "The e-mail address is one plain mailbox, such as name@example.org.");
        var inviter = await accounts.GetUserAsync(context.User) ?? throw new LabelerException("This account is no longer there.");
        var token = Invitation.Write(db, role, inviter.Id, note.Length > 0 ? note : Short(mailbox), time.GetUtcNow());
        await db.SaveChangesAsync();
        var link = $"{context.ForLinks()}/invitation/{token}";
        var (what, days) = (Texts.Of(role), Invitation.DefaultLifetime.Days);
        if (mailbox.Length == 0)
        {
            return new(Texts.Say($"Send this link to the new {what}. It works once, for {days} days, and is shown only now."), Link: link);
        }
        // Whoever leaves the page has invited somebody all the same.
        var fault = await post.Send(mailbox, texts["You are invited to Labeler"], Letter(inviter, what, link), CancellationToken.None);
        if (fault is not null)
        {
            var failed = Texts.Say($"The link could not be mailed to {mailbox} ({fault}). Send it yourself: it is shown only now.");
            return new(failed, Tone.Warn, link);
        }
        return new(Texts.Say($"The link is mailed to {mailbox}. It works once, for {days} days, and is shown only now."), Link: link);
    }

    private string Letter(Account inviter, string what, string link)
    {
        var until = (time.GetUtcNow() + Invitation.DefaultLifetime).UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return $"""
            {texts["{0} invites you to label pictures in Labeler, as {1}.", inviter.DisplayName, what]}
            {texts["With this link you make your account. It works once, until {0} UTC:", until]}

            {link}

            {texts["Whoever has the link can use it: pass it on to nobody. If you expected none, do nothing."]}

            """;
    }

    private static string Short(string text) => text.Length > LongestNote ? text[..LongestNote] : text;
}
