using System.Text;
using Labeler.Shared.Exports;

namespace Labeler.Shared.PreferenceSets.Writing;

/// <summary>A table for spreadsheets, which take UTF-8 for the machine's code page unless a byte order mark begins it.</summary>
internal sealed class SpreadsheetList : SetList
{
    public override string FileName => "preferences.csv";
    public override Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true);
    public override string Begin => "prompt,chosen,rejected,weight,votes,person,at,model\r\n";

    public override string Row(PairRow row, string first, string second) => Csv.Line(
        row.Prompt, row.FirstWins ? first : second, row.FirstWins ? second : first, row.Weight, row.Votes, row.Person, row.At, row.Model);
}
