using Labeler.TrainingEngine.Algorithms;
using Labeler.TrainingEngine.Algorithms.D3po;
using Labeler.TrainingEngine.Compute;
using Labeler.TrainingEngine.Diffusion;
using Labeler.TrainingEngine.Lora;
using Labeler.TrainingEngine.Models;
using Labeler.TrainingEngine.Tests.Training;
using Labeler.TrainingEngine.Training;
using Labeler.TrainingEngine.Training.Data;
using Labeler.TrainingEngine.Training.Loop;
using static TorchSharp.torch;

namespace Labeler.TrainingEngine.Tests.Algorithms.D3po;

public sealed class D3poTrainingTests : IDisposable
{
    private static readonly D3poOptions Quick = new() { LearningRate = 1e-2, InnerEpochs = 4, ImagesPerStep = 4, TimestepsPerStep = 2, RatioTolerance = 1e-3 };

    private readonly TemporaryFolder _folder = new();
    private readonly StableDiffusion _model;

    public D3poTrainingTests() => _model = TinyTrajectories.Model(_folder.File("model"));

    [Theory]
    [InlineData(D3poMode.Grouped, false)]
    [InlineData(D3poMode.Grouped, true)]
    [InlineData(D3poMode.Official, false)]
    public void Winners_gain_on_losers(D3poMode mode, bool whole)
    {
        TrainedPart part = whole ? new TrainedPart.WholeUNet() : new TrainedPart.Adapter(LoraTargets.AllLinear);
        var run = Run(Quick with { Mode = mode, LearningRate = whole ? 1e-3 : 1e-2 }) with { Trained = part };

        var result = Train(_model, run);

        var (first, last) = (result.Timesteps.Where(line => line.Epoch == 0), result.Timesteps.Where(line => line.Epoch == 3));
        Assert.True(last.Average(line => line.Accuracy) > 0.8, $"{last.Average(line => line.Accuracy)}");
        Assert.True(last.Average(line => line.Margin) > first.Average(line => line.Margin));
        Assert.All(result.Timesteps, line => Assert.True(line is { Pairs: > 0, GradientNorm: > 0 } && double.IsFinite(line.Kl)));
    }

    [Fact]
    public void A_model_in_bfloat16_learns_in_float32_and_says_the_same_after_a_restart()
    {
        var narrow = StableDiffusion.Load(_folder.File("model"), dtype: ScalarType.BFloat16);
        var files = TinyTrajectories.Sample(narrow, _folder.File("narrow"), 2, 4);
        Job In(string output) => Run(Quick, output) with { Trajectories = files };

        var result = Train(narrow, In("one"));
        using (var stop = new CancellationTokenSource())
        {
            Assert.Throws<OperationCanceledException>(() => Train(narrow, In("two"), _ => stop.Cancel(), stop.Token));
        }

        Assert.True(result.Timesteps.Where(line => line.Epoch == 3).Average(line => line.Accuracy) > 0.7);
        Assert.Equal(File.ReadAllBytes(result.Weights), File.ReadAllBytes(Train(narrow, In("two")).Weights));
        using var adapter = Labeler.TrainingEngine.Weights.SafeTensors.Open(result.Weights);
        Assert.All(adapter.Names, name => Assert.Equal(ScalarType.Float32, adapter.Read(name).dtype));
    }

    [Fact]
    public void A_run_leaves_the_model_as_it_was_and_its_result_can_be_put_on_it()
    {
        var before = Answer();
        var adapter = Train(_model, Run(Quick with { InnerEpochs = 1 }, "adapter"));
        var whole = Train(_model, Run(Quick with { InnerEpochs = 1, LearningRate = 1e-4 }, "whole") with { Trained = new TrainedPart.WholeUNet() });
        Assert.Equal(before, Answer());

        foreach (var file in new[] { adapter.Weights, Path.Combine(Path.GetDirectoryName(adapter.Weights)!, LoraFile.KohyaName), whole.Weights })
        {
            using (new ModelPatch(_model, file))
            {
                Assert.NotEqual(before, Answer());
            }
            Assert.Equal(before, Answer());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stopped_run_goes_on_and_ends_with_the_same_bits(bool redraw)
    {
        var held = Quick with { KlToPrevious = 0.1, KlBudget = 0.01, HoldColor = 1, Redraw = redraw };
        var unbroken = Train(_model, Run(held, "unbroken"));
        var run = Run(held, "stopped");
        foreach (var stopAfter in new[] { 1, 4, 5, 11 })
        {
            using var stop = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => Train(_model, run, progress =>
            {
                if (progress.Metrics.Step == stopAfter)
                {
                    stop.Cancel();
                }
            }, stop.Token));
        }

        // A machine that now has more or fewer processors to give keeps to what the run began with, and says at once where it is.
        var begun = new List<(long Done, long Total)>();
        var resumed = Train(_model, run with { Place = run.Place with { Begun = (done, total) => begun.Add((done, total)) } });

        var (before, all) = Assert.Single(begun);
        Assert.InRange(before, 1, all - 1);
        Assert.Equal(File.ReadAllBytes(unbroken.Weights), File.ReadAllBytes(resumed.Weights));
        Assert.Equal(File.ReadAllBytes(Path.Combine(unbroken.Checkpoint, "optimizer.safetensors")), File.ReadAllBytes(Path.Combine(resumed.Checkpoint, "optimizer.safetensors")));
        Assert.Equal(unbroken.Timesteps, resumed.Timesteps);
        Assert.Equal(Steps(_folder.File("unbroken")), Steps(_folder.File("stopped")));
        Assert.Single(Directory.GetDirectories(_folder.File("stopped", "checkpoints")));
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(20)]
    public void An_epoch_ends_about_its_budget_of_divergence_away_from_the_policy_that_sampled(double budget)
    {
        var steered = Quick with { LearningRate = 1e-3, InnerEpochs = 12, KlToPrevious = 0.1, KlBudget = budget };
        double Last(D3poOptions options, string output) =>
            Train(_model, Run(options, output)).Timesteps.Where(line => line.Epoch == steered.InnerEpochs - 1).Average(line => line.Kl);

        var (with, without) = (Last(steered, "with"), Last(steered with { KlBudget = 0 }, "without"));

        Assert.True(Math.Abs(Math.Log(with / budget)) < Math.Abs(Math.Log(without / budget)), $"{with} nats, {without} without, {budget} wanted");
        var rounds = Steps(_folder.File("with")).Where(line => line.Contains("\"budget\"", StringComparison.Ordinal)).ToArray();
        Assert.Equal(steered.InnerEpochs * 2, rounds.Length);
    }

    [Fact]
    public void An_adapters_text_encoder_is_part_of_the_policy_that_is_trained_on_and_is_written_again()
    {
        const string Text = "text_encoder.text_model.encoder.layers.0.self_attn.v_proj", Query = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q";
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        LoraTensors Branch(long width) => new(randn([2, width], generator: generator), randn([width, 2], generator: generator), 2);
        var branches = new Dictionary<string, LoraTensors> { [Text] = Branch(8), [Query] = Branch(16) };
        LoraWriter.Diffusers(_folder.File("whole.safetensors"), branches);
        branches.Remove(Text);
        LoraWriter.Diffusers(_folder.File("half.safetensors"), branches);
        string[] sampled;
        using (new ModelPatch(_model, _folder.File("whole.safetensors")))
        {
            sampled = TinyTrajectories.Sample(_model, _folder.File("sampled"), 2, 4);
        }
        var run = Run(Quick with { InnerEpochs = 1 }, "next") with { Trajectories = sampled };
        run = run with { Place = run.Place with { CheckHashes = false } };

        var result = Train(_model, run with { Trained = run.Trained with { From = _folder.File("whole.safetensors") } });
        var error = Assert.Throws<EngineException>(() => Train(_model, run with
        {
            Trained = run.Trained with { From = _folder.File("half.safetensors") },
            Place = run.Place with { Output = _folder.File("wrong") },
        }));

        Assert.Contains("self-check failed", error.Message);
        var written = LoraFile.Read(result.Weights, new LoraBase(LoraAdapter.PartsOf(_model)));
        Assert.Equal(LoraFile.Read(_folder.File("whole.safetensors"), new LoraBase(LoraAdapter.PartsOf(_model)))[Text].Up.data<float>().ToArray(), written[Text].Up.data<float>().ToArray());
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(result.Weights)!, "text_encoder", LoraFile.PeftName)));
    }

    [Fact]
    public void An_epoch_goes_on_from_the_adapter_that_sampled_it()
    {
        var first = Train(_model, Run(Quick with { InnerEpochs = 1 }, "first"));
        string[] second;
        using (new ModelPatch(_model, first.Weights))
        {
            second = TinyTrajectories.Sample(_model, _folder.File("second"), 2, 4);
        }
        var run = Run(Quick with { InnerEpochs = 1 }, "next") with { Trajectories = second };
        run = run with { Place = run.Place with { CheckHashes = false } };

        Train(_model, run with { Trained = run.Trained with { From = first.Weights } });
        var error = Assert.Throws<EngineException>(() => Train(_model, run with { Place = run.Place with { Output = _folder.File("wrong") } }));

        Assert.Contains("self-check failed", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Divergences_hold_the_policy_back_with_or_without_stored_means(bool keepMeans)
    {
        var files = TinyTrajectories.Sample(_model, _folder.File("sampled"), 2, 4, keepMeans: keepMeans);
        Job With(double weight, string name) =>
            Run(Quick with { KlToPrevious = weight, KlToBase = weight }, name) with { Trajectories = files };

        double Last(D3poResult result) => result.Timesteps.Where(line => line.Epoch == 3).Average(line => line.Kl);
        var free = Last(Train(_model, With(0, "free")));
        var held = Last(Train(_model, With(10, "held")));

        Assert.True(held < free / 2, $"{held} {free}");
    }

    [Fact]
    public void Held_colors_come_back_to_the_base_model_from_a_policy_that_has_left_it()
    {
        var left = Train(_model, Run(Quick with { LearningRate = 0.1 }, "left")).Weights;
        string[] second;
        using (new ModelPatch(_model, left))
        {
            second = TinyTrajectories.Sample(_model, _folder.File("second"), 2, 4);
        }
        double After(double hold, string name)
        {
            var run = Run(Quick with { HoldColor = hold }, name) with { Trajectories = second };
            return ColorsMoved(Train(_model, run with { Trained = run.Trained with { From = left }, Place = run.Place with { CheckHashes = false } }).Weights);
        }

        var (free, held) = (After(0, "free"), After(100, "held"));

        Assert.True(held < ColorsMoved(left) / 4 && held < free / 4, $"{ColorsMoved(left)} {free} {held}");
    }

    [Fact]
    public void A_group_judged_alike_moves_less_where_it_is_held()
    {
        double Moved(bool hold)
        {
            var run = Run(Quick with { KlToPrevious = 3, HoldAlike = hold }, $"alike-{hold}");
            return MovedOn(run.Trajectories[1], Train(_model, run with { Preferences = [.. run.Preferences.Where(pair => pair.Group == 0)] }).Weights);
        }

        var (free, held) = (Moved(false), Moved(true));

        Assert.True(held < 0.9 * free, $"{held} {free}");
    }

    [Fact]
    public void Color_blind_votes_are_cleared_of_the_finished_latents_channel_means_before_they_are_learned_from()
    {
        string[] files = TinyTrajectories.Sample(_model, _folder.File("sampled"), 6, 4);
        var votes = PreferencePair.FromVerdicts([.. files.Select(_ => new double[] { -1, 0, -1, 0 })]);
        var cleared = ColorBlindVotes.Of(votes, group =>
        {
            using var trajectory = Trajectory.Load(files[group]);
            return [.. Enumerable.Range(0, 4).Select(image => Enumerable.Range(0, 4)
                .Select(channel => (double)trajectory.Latents[image, TinyTrajectories.Steps, channel].mean().item<float>()).ToArray())];
        });

        var run = Run(Quick with { InnerEpochs = 1, ImagesPerStep = 64, ColorBlind = true }, "blind") with { Trajectories = files, Preferences = votes };
        var blind = Train(_model, run);
        var alike = Train(_model, run with { Preferences = cleared, Options = run.Options with { ColorBlind = false }, Place = run.Place with { Output = _folder.File("alike") } });

        Assert.True(cleared.Count > votes.Count);
        Assert.Equal(alike.Timesteps.Select(line => (line.Pairs, Math.Round(line.Loss, 5))), blind.Timesteps.Select(line => (line.Pairs, Math.Round(line.Loss, 5))));
    }

    [Fact]
    public void A_gradient_that_is_not_finite_stops_the_run_and_names_the_place()
    {
        var file = TinyTrajectories.Sample(_model, _folder.File("sampled"), 1, 4)[0];
        using (var trajectory = Trajectory.Load(file))
        {
            trajectory.Means!.fill_(double.NaN);
            trajectory.Save(file);
        }
        var run = Run(Quick with { KlToPrevious = 0.1 }) with { Trajectories = [file], Preferences = [new PreferencePair(0, 1, 0)] };

        var error = Assert.Throws<EngineException>(() => Train(_model, run)).Message;

        Assert.Matches("not finite at optimizer step 1 of 8, timestep [0-9]+ or [0-9]+; the last checkpoint is .*step-00000000", error);
    }

    [Fact]
    public void Input_that_does_not_fit_is_told_before_anything_is_trained()
    {
        string Error(Job run) => Assert.Throws<EngineException>(() => Train(_model, run)).Message;
        var run = Run(Quick);

        Assert.IsType<NothingToLearnException>(Record.Exception(() => Train(_model, run with { Preferences = [] })));
        Assert.Contains("has 4 images", Error(run with { Preferences = [new(0, 1, 4)] }));
        Assert.Contains("there are 2 trajectories", Error(run with { Preferences = [new(2, 1, 0)] }));
        Assert.Contains("weighs NaN", Error(run with { Preferences = [new(0, 1, 0, double.NaN)] }));
        Assert.Contains("00001.safetensors", Error(run with { Trajectories = [run.Trajectories[0], _folder.File("gone", "00001.safetensors")] }));
        Assert.Contains("steps 0 to 3", Error(run with { Options = Quick with { FirstStep = 9 } }));

        var deterministic = new SamplingOptions { Steps = 4, Guidance = 1, GroupSize = 4, Eta = 0 };
        using (var trajectory = new Sampler(_model, ModelSchedule.Of(_model), deterministic).Sample("a cat", 0))
        {
            trajectory.Save(run.Trajectories[0]);
        }
        Assert.Contains("eta 0", Error(run));
        Assert.False(Directory.Exists(run.Place.Output));
    }

    [Fact]
    public async Task Training_again_beside_other_work_takes_the_same_threads_and_ends_with_the_same_bits()
    {
        Job Free(string output) => Run(Quick with { InnerEpochs = 1 }, output) is var run ? run with { Place = run.Place with { Workers = 0, Threads = 0 } } : null!;
        var quiet = Train(_model, Free("quiet"));
        using var ended = new CancellationTokenSource();
        var others = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                Thread.SpinWait(1000);
            }
        }, TaskCreationOptions.LongRunning)).ToArray();
        var busy = Train(_model, Free("busy"));
        await ended.CancelAsync();
        await Task.WhenAll(others);

        Assert.Equal(File.ReadAllBytes(quiet.Weights), File.ReadAllBytes(busy.Weights));
        Assert.All([quiet, busy], result =>
            Assert.Equal(ThreadChoice.For(small: true, Environment.ProcessorCount), Checkpoints.ReadState<SessionState>(result.Checkpoint).Threads));
    }

    [Fact]
    public void Every_figure_of_a_checkpoint_has_been_handed_over_before_it_is_written()
    {
        var (figures, saved, further) = (0, new List<int>(), 0);
        var run = Run(Quick with { InnerEpochs = 1 });
        Train(_model, run with
        {
            Place = run.Place with
            {
                CheckpointEvery = TimeSpan.Zero,
                Saving = () => saved.Add(figures),
                Saved = () => further++,
            },
        }, _ => figures++);

        // The first stands before any step and is no progress; the last step is written when it is due and once more at the end.
        Assert.Equal([.. Enumerable.Range(0, figures + 1), figures], saved);
        Assert.Equal(saved.Count - 1, further);
    }

    [Fact]
    public void A_folder_with_another_run_is_not_touched()
    {
        var run = Run(Quick with { InnerEpochs = 1 });
        var result = Train(_model, run);
        var bytes = File.ReadAllBytes(result.Weights);

        var error = Assert.Throws<EngineException>(() => Train(_model, run with { Options = Quick with { InnerEpochs = 1, Seed = 1 } }));

        Assert.Contains("other data or options", error.Message);
        Assert.Equal(bytes, File.ReadAllBytes(result.Weights));
    }

    [Fact]
    public void Trajectories_of_another_model_or_adapter_are_refused()
    {
        var file = TinyTrajectories.Sample(_model, _folder.File("sampled"), 1, 4)[0];
        string Error(Func<TrajectoryOrigin, TrajectoryOrigin> change)
        {
            Trajectory changed;
            using (var trajectory = Trajectory.Load(file))
            {
                changed = trajectory with { Origin = change(trajectory.Origin) };
                changed.Save(file);
            }
            return Assert.Throws<EngineException>(() => Train(_model, Run(Quick) with { Trajectories = [file], Preferences = [new(0, 1, 0)] })).Message;
        }

        Assert.Contains("another model", Error(origin => origin with { ModelHash = "0123" }));
        Assert.Contains("give it with --adapter", Error(origin => origin with { ModelHash = ModelHash.Of(_model.Folder), AdapterHash = "0123" }));
    }

    public void Dispose() => _folder.Dispose();

    private sealed record Job(
        IReadOnlyList<string> Trajectories, IReadOnlyList<PreferencePair> Preferences, D3poOptions Options, TrainedPart Trained, RunOptions Place);

    private static D3poResult Train(StableDiffusion model, Job job, Action<TrainingProgress>? progress = null, CancellationToken stop = default) =>
        (D3poResult)new D3poAlgorithm().Run(
            new EpochRun(model, JudgedEpoch.OfPairs(job.Trajectories, job.Preferences), job.Trained, job.Place with { Progress = progress }, stop), (UpdateOptions)job.Options);

    private Job Run(D3poOptions options, string output = "out") => new(
        TinyTrajectories.Sample(_model, _folder.File("trajectories"), 2, 4),
        [.. PreferencePair.FromVerdicts(0, [-1, 0, -1, 0]), .. PreferencePair.FromVerdicts(1, [0, 0, 0, -1])],
        options,
        new TrainedPart.Adapter(LoraTargets.AllLinear),
        new() { Output = _folder.File(output), Workers = 2, Threads = 1, CheckpointEvery = TimeSpan.FromHours(1) });

    // Mean square of how far each channel's mean of the model's answers lies from the base model's.
    private double ColorsMoved(string weights) => Answer(weights).Zip(Answer()).Chunk(64)
        .Average(channel => Math.Pow(channel.Average(one => one.First - one.Second), 2));

    // Mean square of how far the model's answers at a group's second sampling step lie from the base model's.
    private double MovedOn(string file, string weights)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var trajectory = Trajectory.Load(file);
        var latents = trajectory.Latents.select(1, 1);
        var texts = _model.Encode([.. Enumerable.Repeat(trajectory.Origin.Prompt, (int)latents.shape[0])], (16, 16));
        Tensor Said() => _model.Unet.Forward(latents, tensor([500L]), texts);
        var before = Said();
        using var patch = new ModelPatch(_model, weights);
        return Said().sub(before).square().mean().item<float>();
    }

    private float[] Answer(string? weights = null)
    {
        using var scope = NewDisposeScope();
        using var patch = weights is null ? null : new ModelPatch(_model, weights);
        using var untracked = no_grad();
        using var generator = new Generator(7);
        return _model.Unet.Forward(randn([1, 4, 8, 8], generator: generator), tensor([500L]), _model.Encode(["a cat"], (16, 16))).data<float>().ToArray();
    }

    // What stands in the metrics but speed and time, which are never the same.
    private static string[] Steps(string output) =>
        [.. File.ReadLines(Path.Combine(output, "metrics.jsonl")).Select(line => line.Split(",\"imagesPerSecond\"")[0])];
}
