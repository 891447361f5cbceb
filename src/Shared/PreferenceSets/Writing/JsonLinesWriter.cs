namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>One JSON object a line, with the pictures in it, so that one file is the whole set.</summary>
internal sealed class JsonLinesWriter(Stream output) : ISetWriter
{
    private readonly StreamWriter _lines = new(output, leaveOpen: true) { NewLine = "\n" };

    public async Task Add(PairRow row, SetPicture first, SetPicture second, CancellationToken cancel) => await _lines.WriteLineAsync(
        SetText.Json(new
        {
            prompt = row.Prompt,
            chosen = SetText.DataAddress(row.FirstWins ? first : second),
            rejected = SetText.DataAddress(row.FirstWins ? second : first),
            weight = row.Weight,
            votes = row.Votes,
            person = row.Person,
            at = row.At,
            model = row.Model,
        }).AsMemory(), cancel);

    public ValueTask DisposeAsync() => _lines.DisposeAsync();
}
