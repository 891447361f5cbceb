using Labeler.Shared.Voting;
using Npgsql;

namespace Labeler.Bench.Scaling;

/// <summary>A row of the votes: one in a hundred was taken back and given again, one in fifty says "not sure", one in two hundred is set
/// aside.</summary>
internal readonly record struct StoredVote(PlannedVote Of, long Id, VoteKind Kind, long? SupersededBy)
{
    private const int TakenBack = 100, NotSure = 50, SetAside = 200;

    public long Epoch => Of.Project.First.Epoch + (Of.Item / Of.Project.ItemsPerEpoch);

    private bool IsSetAside => Kind == VoteKind.Judgement && Id % SetAside == 3;

    /// <summary>Did the epoch's checkpoint learn from it?</summary>
    public bool Teaches => Kind == VoteKind.Judgement && SupersededBy is null && !IsSetAside && Epoch < Of.Project.First.Epoch + Of.Project.Epochs - 1;

    public static IEnumerable<StoredVote> All(Plan plan)
    {
        var id = 1L;
        foreach (var vote in plan.InOrder())
        {
            var chance = Plan.Chance(vote.Number * 31 + vote.Project.Number);
            if (chance % TakenBack == 0)
            {
                yield return new(vote, id, VoteKind.Judgement, id + 1);
                yield return new(vote, id + 1, VoteKind.Undo, null);
                id += 2;
            }
            yield return new(vote, id++, chance % NotSure == 1 ? VoteKind.Skip : VoteKind.Judgement, null);
        }
    }

    public void Write(NpgsqlBinaryImporter row, Plan plan)
    {
        var said = Kind == VoteKind.Judgement ? PlannedVerdict.Of(Of.Project.Task, Id) : null;
        row.Number(Id).Id(new Guid((int)Plan.Chance(Id), (short)Id, 0x4000, BitConverter.GetBytes(Plan.Chance(~Id & long.MaxValue)))).Small((int)Kind)
            .Number(Of.Project.Id).Number(Epoch).Number(Of.Project.First.Item + Of.Item).Id(Of.Person)
            .Text(Kind switch { VoteKind.Judgement => said!.Text, VoteKind.Skip => """{"kind":"skip","reason":"unclear"}""", _ => null })
            .Small(said?.Seen ?? 0).Small(said?.Flagged ?? 0).Small(said?.Flagged ?? 0).Small(0).Small(0).Text(said?.Choice).Real(said?.Score)
            .Text(Kind == VoteKind.Skip ? "unclear" : null).Small(Kind == VoteKind.Undo ? 0 : 300 + (int)(Plan.Chance(Id) % 15_000))
            .Number(plan.At(Of.Share)).Is(false).Small(0).Number(SupersededBy).Text(IsSetAside ? "careless" : null);
    }
}
