using System.Linq.Expressions;
using Labeler.Shared.Data;
using Labeler.Web.Features.Audit;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests.Audit;

internal static class AuditLog
{
    /// <summary>Lines of the log; a line is written after the answer is, so it waits until there are enough.</summary>
    public static async Task<List<AuditRow>> AuditLines(this WebHost host, Expression<Func<AuditRow, bool>> which, int atLeast)
    {
        for (var tries = 0; ; tries++)
        {
            var lines = await host.With<LabelerDb, List<AuditRow>>(db => AuditRow.All(db).Where(which).ToListAsync());
            if (lines.Count >= atLeast || tries > 100)
            {
                return lines;
            }
            await Task.Delay(50);
        }
    }
}
