namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>The writer of each format.</summary>
internal static class SetWriters
{
    /// <param name="name">What the set is called where its format has a name; ASCII letters, digits and hyphens.</param>
    public static async Task<ISetWriter> Open(SetFormat format, Stream output, string name, CancellationToken cancel) => format.Name switch
    {
        "pick-a-pic" => await Parquet(new PickAPicWriter(), output, cancel),
        "hugging-face" => await Parquet(new HuggingFaceWriter(), output, cancel),
        "json-lines" => new JsonLinesWriter(output),
        "image-folder" => await ZippedSet.Open(output, new ImageFolderList(), cancel),
        "csv" => await ZippedSet.Open(output, new SpreadsheetList(), cancel),
        "label-studio" => await ZippedSet.Open(output, new LabelStudioList(), cancel),
        "argilla" => await ArgillaWriter.Open(output, name, cancel),
        _ => throw new InvalidOperationException($"{format.Name} has no writer."),
    };

    private static async Task<ISetWriter> Parquet(ParquetPairs writer, Stream output, CancellationToken cancel)
    {
        await writer.Open(output, cancel);
        return writer;
    }
}
