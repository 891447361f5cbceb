using Labeler.Shared.Projects;
using Labeler.Shared.Storage;

namespace Labeler.Shared.PreferenceSets.Tables;

/// <summary>Writes what a project holds as a Parquet table, row after row as the database gives them.</summary>
internal static class ProjectTables
{
    // Texts and numbers; the texts of a vote stand in its verdict and prompt.
    private const int BytesOfNumbers = 200;

    /// <param name="report">Told the share that is done, and what.</param>
    /// <returns>Rows, and people who gave them.</returns>
    public static async Task<(long Rows, int People)> Write(
        LabelerDb db, Project project, SetFormat format, Stream output, FileStore files, Action<double, string> report,
        CancellationToken cancel)
    {
        void Told(long done, long of) => report(done / (double)Math.Max(1, of), $"{done:N0} of {of:N0} rows");
        switch (format.Name)
        {
            case "votes":
                var votes = new VoteTable(db, project);
                var rows = await TableFile.Write(output, VoteTable.Columns, votes.Read(Told, cancel),
                    row => BytesOfNumbers + row.Prompt.Length + (row.Verdict?.Length ?? 0), cancel);
                return (rows, votes.People);
            case "pictures":
                return (await TableFile.Write(output, PictureTable.Columns, new PictureTable(db, project, files).Read(Told, cancel),
                    row => row.Content.Length, cancel), 0);
            default:
                return (await TableFile.Write(output, PromptTable.Columns, PromptTable.Read(db, project), row => row.Text.Length, cancel),
                    0);
        }
    }
}
