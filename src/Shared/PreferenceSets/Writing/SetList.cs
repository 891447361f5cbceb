using System.Text;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>How a zip lists its pairs.</summary>
internal abstract class SetList
{
    public abstract string FileName { get; }
    public virtual Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    public virtual string Begin => "";
    public virtual string End => "";

    /// <summary>Further files of the zip, and what is in them.</summary>
    public virtual IEnumerable<(string Name, string Text)> Beside => [];

    /// <param name="first">The file of the row's first picture in the zip.</param>
    public abstract string Row(PairRow row, string first, string second);
}

/// <summary>An image folder as the library <c>datasets</c> loads it: columns that end in file_name become pictures.</summary>
internal sealed class ImageFolderList : SetList
{
    public override string FileName => "metadata.jsonl";

    public override string Row(PairRow row, string first, string second) => SetText.Json(new
    {
        chosen_file_name = row.FirstWins ? first : second,
        rejected_file_name = row.FirstWins ? second : first,
        prompt = row.Prompt,
        weight = row.Weight,
        votes = row.Votes,
        model = row.Model,
    }) + "\n";
}

/// <summary>Tasks with annotations, as Label Studio imports them into a project with the labeling setup that lies beside. Its local files
/// lie below the document root: unpack the zip there.</summary>
internal sealed class LabelStudioList : SetList
{
    private string _before = "";

    public override string FileName => "tasks.json";
    public override string Begin => "[\n";
    public override string End => "\n]\n";

    public override IEnumerable<(string Name, string Text)> Beside =>
    [
        ("config.xml", """
            <View>
              <Text name="prompt" value="$prompt" />
              <Image name="left" value="$image1" />
              <Image name="right" value="$image2" />
              <Pairwise name="preference" toName="left,right" />
            </View>

            """),
    ];

    public override string Row(PairRow row, string first, string second)
    {
        var line = _before + SetText.Json(new
        {
            data = new
            {
                prompt = row.Prompt,
                image1 = $"/data/local-files/?d={first}",
                image2 = $"/data/local-files/?d={second}",
                weight = row.Weight,
                votes = row.Votes,
            },
            annotations = new[]
            {
                new
                {
                    result = new[]
                    {
                        new
                        {
                            from_name = "preference",
                            // One of the two, as its own check of annotations wants it.
                            to_name = "left",
                            type = "pairwise",
                            value = new { selected = row.FirstWins ? "left" : "right" },
                        },
                    },
                },
            },
        });
        _before = ",\n";
        return line;
    }
}
