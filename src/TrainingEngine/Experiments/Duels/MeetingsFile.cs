using System.Globalization;
using System.Text;
using Labeler.Shared.Statistics;

namespace Labeler.TrainingEngine.Experiments.Duels;

/// <summary>A round's meetings, a line each; checkpoints are numbered, the base model is 0.</summary>
internal static class MeetingsFile
{
    private const string Header = "first,second,for_first,for_second,ties,both_bad,picture";

    public static void Write(string file, IReadOnlyList<DuelMeeting> meetings) =>
        AtomicFile.Write(file, Encoding.UTF8.GetBytes(string.Concat(meetings.Select(one =>
            string.Create(CultureInfo.InvariantCulture,
                $"{one.First},{one.Second},{one.ForFirst},{one.ForSecond},{one.Ties},{one.BothBad},{one.Picture}\n"))
            .Prepend(Header + "\n"))));

    /// <summary>Files from before pictures were written down have one column less.</summary>
    /// <exception cref="EngineException">The file is damaged.</exception>
    public static IReadOnlyList<DuelMeeting> Read(string file) => [.. File.ReadLines(file).Skip(1).Select(line =>
        line.Split(',').Select(Number).ToArray() is
            [>= 0 and var first, >= 0 and var second, >= 0 and var forFirst, >= 0 and var forSecond, >= 0 and var ties,
                >= 0 and var bothBad, .. var picture] && picture is ([] or [null] or [>= 0])
            ? new DuelMeeting((int)first, (int)second, (int)forFirst, (int)forSecond, (int)ties, (int)bothBad, picture.FirstOrDefault())
            : throw new EngineException($"the line '{line}' of {file} cannot be read; delete the file, and the duels are judged again"))];

    // Null where there is nothing, -1 where there is something else.
    private static long? Number(string cell) =>
        cell == "" ? null : long.TryParse(cell, CultureInfo.InvariantCulture, out long number) ? number : -1;
}
