using System.Globalization;
using System.Text;
using System.Text.Json;
using Labeler.Shared.Imaging;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.MirrorWorld.Judging;
using Labeler.TrainingEngine.MirrorWorld.Scenes;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Models.UNet;
using Labeler.TrainingEngine.Models.Vae;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Pretraining;

/// <summary>
/// Makes a model of Mirror World in a folder: autoencoder, latents, U-Net with text encoder, each with checkpoints under
/// <c>pretraining/</c>, so that a run that was stopped goes on where it was and ends with the same weights.
/// </summary>
public sealed class PretrainRun(string folder, PretrainOptions options, VaeConfig vaeShape, UNetConfig unetShape, ThreadChoice choice,
    TextWriter output)
{
    private static readonly string[] Texts = [.. Enum.GetValues<SceneFamily>().SelectMany(ScenePrompts.Of)];
    private readonly string _work = Path.Combine(folder, "pretraining");

    /// <exception cref="EngineException">The folder holds a run with other options, or training diverged.</exception>
    public void Run(CancellationToken cancel)
    {
        Directory.CreateDirectory(_work);
        Claim();
        using var workers = new ComputeThreads(choice.Workers, choice.Threads);
        var vae = TrainVae(workers, cancel);
        var pool = Pool(vae, workers, cancel);
        TrainUnet(vae, pool, workers, cancel);
    }

    /// <summary>Writes down the options, or checks that they are those with which the run was begun.</summary>
    private void Claim()
    {
        var file = Path.Combine(_work, "options.json");
        var mine = JsonSerializer.Serialize(new { Size = vaeShape.SampleSize, Options = options with { SaveEvery = 0, SheetEvery = 0 } });
        if (!File.Exists(file))
        {
            AtomicFile.Write(file, Encoding.UTF8.GetBytes(mine));
        }
        else if (File.ReadAllText(file) != mine)
        {
            throw new EngineException(
                $"{folder}: holds a run with other options ({File.ReadAllText(file)}); give the same ones to resume it, or another folder");
        }

        SmallModel.WriteFrame(folder, vaeShape, unetShape, Texts);
    }

    private AutoencoderKL TrainVae(ComputeThreads workers, CancellationToken cancel)
    {
        var training = new VaeTraining(options, vaeShape);
        Train("autoencoder", training.EmaTrainer, () => training.Step(workers, choice.Workers, cancel), () => training.Sheet(12), 6);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"autoencoder: PSNR {training.Psnr(64):0.00} dB on fresh scenes"));
        using var averaged = training.EmaTrainer.Averaged();
        ModelFolder.WriteWeights(Path.Combine(folder, "vae"), training.Vae.Parameters, ScalarType.Float16);
        // From here on only what the folder holds is used, rounding included.
        return StableDiffusion.LoadVae(Path.Combine(folder, "vae"));
    }

    private LatentPool Pool(AutoencoderKL vae, ComputeThreads workers, CancellationToken cancel)
    {
        var file = Path.Combine(_work, "latents.safetensors");
        if (!File.Exists(file))
        {
            using var progress = new ProgressBar("latents", options.Scenes, "scenes", output: output);
            LatentPool.Encode(vae, options, Texts, workers, count => progress.Advance(count), cancel).Save(file);
        }
        var pool = LatentPool.Load(file, Texts, options.Scenes, vaeShape);
        // The scale is known only now; the model's folder is complete with it.
        SmallModel.WriteFrame(folder, vaeShape with { ScalingFactor = pool.Scale }, unetShape, Texts);
        return pool;
    }

    private void TrainUnet(AutoencoderKL vae, LatentPool pool, ComputeThreads workers, CancellationToken cancel)
    {
        var tokenizer = ClipTokenizer.Load(Path.Combine(folder, "tokenizer"));
        var schedule = SmallModel.Schedule(folder);
        var ids =
            tensor(Texts.Append("").SelectMany(text => tokenizer.Encode(text).Ids).ToArray(), [Texts.Length + 1, tokenizer.MaxLength]);
        var training = new UnetTraining(options, unetShape, SmallModel.Text(tokenizer.VocabularySize), schedule, pool, ids);
        var sheet = new PretrainSheet(options.Seed, schedule, training, vae, pool.Scale, ids);
        Train("u-net", training.EmaTrainer, () => training.Step(workers, choice.Workers, cancel), sheet.Draw, PretrainSheet.Columns,
            () => WriteUnet(training));
        WriteUnet(training);
    }

    private void WriteUnet(UnetTraining training)
    {
        using var averaged = training.EmaTrainer.Averaged();
        ModelFolder.WriteWeights(Path.Combine(folder, "unet"), training.Unet.Parameters, ScalarType.Float16);
        ModelFolder.WriteWeights(Path.Combine(folder, "text_encoder"), training.Text.Parameters, ScalarType.Float16);
    }

    /// <summary>Steps to the end with checkpoints and sample sheets on the way; begins where the last checkpoint stands.</summary>
    private void Train(string name, EmaTrainer trainee, Func<double> step, Func<Picture[]> sheet, int columns, Action? saved = null)
    {
        var file = Path.Combine(_work, $"{name}.safetensors");
        if (File.Exists(file))
        {
            trainee.Load(file);
        }

        using var progress = new ProgressBar(name, trainee.Steps, "steps", trainee.Step, output);
        using var metrics = new StreamWriter(Path.Combine(_work, $"{name}.csv"), append: true);
        while (trainee.Step < trainee.Steps)
        {
            var loss = step();
            metrics.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trainee.Step},{loss:0.00000}"));
            progress.Advance(1, string.Create(CultureInfo.InvariantCulture, $"loss {loss:0.0000}"));
            var last = trainee.Step == trainee.Steps;
            if (last || trainee.Step % options.SaveEvery == 0)
            {
                trainee.Save(file);
                metrics.Flush();
                saved?.Invoke();
            }
            if (last || trainee.Step % options.SheetEvery == 0)
            {
                AtomicFile.Write(Path.Combine(_work, $"{name}-{trainee.Step:00000}.png"),
                    new ContactSheet(columns).Draw([.. sheet().Select(picture => new ContactSheet.Cell(picture))]).ToPng());
            }
        }
    }
}
