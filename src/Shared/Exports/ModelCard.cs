using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Labeler.Shared.Epochs;
using Labeler.Shared.Projects;
using Labeler.Shared.Statistics;
using Labeler.Shared.Storage;
using Labeler.Shared.Training;

namespace Labeler.Shared.Exports;

/// <summary>What a checkpoint learned from and how it was trained, as model hubs show it: fields on top, Markdown below. People are
/// counted and not named.</summary>
public static partial class ModelCard
{
    /// <summary>What stands where nobody has named a license.</summary>
    public const string NoLicense = "other";

    /// <exception cref="LabelerException">There is no such checkpoint, it was fine-tuned on photos, or the license is no name of
    /// one.</exception>
    public static async Task<string> Write(LabelerDb db, FileStore files, FinishedEpochs finished, long checkpointId,
        string? license, CancellationToken cancel = default)
    {
        var named = string.IsNullOrWhiteSpace(license) ? NoLicense : license.Trim().ToLowerInvariant();
        LabelerException.ThrowIf(
            !License().IsMatch(named), "A license is named by letters, digits, points and dashes, as apache-2.0 or creativeml-openrail-m.");
        var checkpoint = await db.Checkpoints.AsNoTracking().FirstOrDefaultAsync(c => c.Id == checkpointId, cancel)
            ?? throw new LabelerException("There is no such checkpoint.");
        LabelerException.ThrowIf(
            checkpoint.JobId is not null, "A fine-tuning on photos has no card: it learned from no votes.");
        var project = await db.Projects.AsNoTracking().FirstAsync(p => p.Id == checkpoint.ProjectId, cancel);
        var manifest = Manifest.Read(await files.Read(checkpoint.ManifestHash, cancel));
        var votes = db.Votes.Where(v => db.CheckpointVotes.Any(t => t.VoteId == v.Id && t.CheckpointId == checkpointId));
        var line = await CheckpointLineage.Votes(db, checkpointId, cancel);
        var sampled = await db.Epochs.Where(e => e.SampledById == checkpointId).Select(e => e.Number).ToListAsync(cancel);
        var changes = await EpochChange.Read(db, finished, project, sampled, cancel);
        return Text(
            named, project, checkpoint, manifest, changes,
            [
                ("Votes that it learned from", await votes.CountAsync(cancel)),
                ("People who gave them", await votes.Select(v => v.AnnotatorId).Distinct().CountAsync(cancel)),
                ("Votes of its whole line", await line.CountAsync(cancel)),
                ("People who gave those", await line.Select(v => v.AnnotatorId).Distinct().CountAsync(cancel)),
                ("Groups of pictures", manifest.Groups.Count),
                ("Prompts", manifest.Groups.Select(group => group.Prompt).Distinct().Count()),
                ("Preferences", manifest.Groups.Sum(group => group.Preferences.Count)),
                ("Groups that were brought in from other sets", manifest.Groups.Count(group => group.Trajectory is null)),
            ]);
    }

    /// <summary>Card and weights in one zip, under the names that diffusers looks for; an adapter also in kohya's names.</summary>
    public static async Task WriteZip(LabelerDb db, FileStore files, FinishedEpochs finished, long checkpointId, string? license,
        Stream output, CancellationToken cancel = default)
    {
        var card = await Write(db, files, finished, checkpointId, license, cancel);
        var checkpoint = await db.Checkpoints.AsNoTracking().FirstAsync(c => c.Id == checkpointId, cancel);
        LabelerException.ThrowIf(checkpoint.WeightsFreedAt is not null,
            "Its weights were removed by the rules of retention; its card is still there.");
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, null, cancel);
        await Put(zip, "README.md", new MemoryStream(Encoding.UTF8.GetBytes(card)), cancel);
        await Put(zip, WeightsName(checkpoint.Kind), await files.OpenRead(checkpoint.WeightsHash, cancel), cancel);
        if (checkpoint.Kind == AdapterKind.Lora)
        {
            var kohya = KohyaAdapter.From(await files.Read(checkpoint.WeightsHash, cancel));
            await Put(zip, $"kohya/checkpoint-{checkpointId}.safetensors", new MemoryStream(kohya), cancel);
        }
    }

    /// <summary>The name that diffusers looks for.</summary>
    public static string WeightsName(AdapterKind kind) =>
        kind == AdapterKind.Full ? "diffusion_pytorch_model.safetensors" : "pytorch_lora_weights.safetensors";

    private static string Text(string license, Project project, Checkpoint checkpoint, Manifest manifest,
        IReadOnlyList<EpochChange> changes, IEnumerable<(string What, int Count)> counts)
    {
        var lora = checkpoint.Kind == AdapterKind.Lora;
        var what = lora ? "A LoRA adapter" : "Weights of a denoiser";
        var rank = lora ? $", rank {manifest.Training.Rank}" : "";
        var model = Plain(Path.GetFileName(manifest.Model.TrimEnd('/')));
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            ---
            license: {license}
            library_name: diffusers
            tags:
            - text-to-image
            - {(lora ? "lora" : "diffusers-training")}
            - human-feedback
            ---

            # {Plain(project.Name)}, epoch {manifest.Epoch}

            {what} for {model}, trained from people's judgements by {manifest.Algorithm}.

            ## Data

            | | |
            |---|---|

            """);
        foreach (var (counted, count) in counts)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {counted} | {count} |\n");
        }
        var since = checkpoint.RolledBackAt is null ? "" : "; rolled back since";
        text.Append(CultureInfo.InvariantCulture, $"""

            Task: {project.Task}. Training manifest (SHA-256): `{checkpoint.ManifestHash}`. Weights: `{checkpoint.WeightsHash}`.

            ## Training

            Algorithm {manifest.Algorithm}, learning rate {manifest.Training.LearningRate}{rank}. The pictures were sampled in
            {manifest.Sampling.Steps} steps at guidance {manifest.Sampling.GuidanceScale}. Made on {checkpoint.CreatedAt:yyyy-MM-dd}{since}.

            ## Figures


            """);
        foreach (var change in changes)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"- {change.Measure}, epoch {change.Epoch} against {change.Against}: {change.Now:0.000} against {change.Before:0.000}, ")
                .Append(CultureInfo.InvariantCulture, $"difference {change.Low:+0.000;-0.000} to {change.High:+0.000;-0.000} (95 %)\n");
        }
        return text.Append(changes.Count == 0 ? "Nothing that it made has been judged yet.\n" : "").ToString();
    }

    private static async Task Put(ZipArchive zip, string name, Stream content, CancellationToken cancel)
    {
        await using (content)
        {
            // Weights do not shrink.
            await using var entry = await zip.CreateEntry(name, CompressionLevel.NoCompression).OpenAsync(cancel);
            await content.CopyToAsync(entry, cancel);
        }
    }

    // What Markdown would take for marks of its own.
    private static string Plain(string text) => Marks().Replace(text, "\\$0");

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,59}$", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex License();

    [GeneratedRegex(@"[\\`*_{}\[\]<>#|]", RegexOptions.None, RegexTimeout.Milliseconds)]
    private static partial Regex Marks();
}
