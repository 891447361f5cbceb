using System.Net;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Labeler.Web.Features.Projects;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>What a project's form begins with, and what it says while somebody types.</summary>
public sealed class ProjectFormTests(WebHost host) : IClassFixture<WebHost>, IAsyncLifetime
{
    private HttpClient _admin = null!;

    public async Task InitializeAsync() => _admin = await host.SignedIn($"Ada {Guid.NewGuid():N}", Role.Admin);

    public Task DisposeAsync()
    {
        _admin.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("hands"), InlineData("safety"), InlineData("scores"), InlineData("categories"), InlineData("pairs"), InlineData("ranking"), InlineData("alignment"), InlineData("rlhf"), InlineData("animals"), InlineData("activities")]
    public async Task A_project_made_from_a_template_as_it_comes_is_that_template(string key)
    {
        var template = ProjectTemplate.Find(key)!;
        await Post("/projects/new", $"/projects/new?template={key}", ("Name", $"From {key}"));
        var made = await Load($"from-{key}");
        Assert.Equal(template.Task, made.Task);
        Assert.Equivalent(template.Settings with { Guidelines = template.Settings.Guidelines.Trim() }, made.Settings with { Guidelines = made.Settings.Guidelines.Trim() });
        Assert.Equal(template.Prompts, made.Prompts.OrderBy(prompt => prompt.Position).Select(prompt => prompt.Text));
    }

    [Fact]
    public async Task A_clone_has_the_other_project_s_task_settings_and_prompts_and_a_name_of_its_own()
    {
        var other = await Make("Origin", new() { Choices = Scale.Labels, GroupSize = 3, VotesPerItem = 2, Training = new() { Beta = 0.3 } });
        Assert.Contains("projects/new?like=origin", await _admin.GetStringAsync("/p/origin/settings"));
        var html = WebUtility.HtmlDecode(await _admin.GetStringAsync("/projects/new?like=origin"));
        Assert.Contains("value=\"Origin, copy\"", html);
        await Post("/projects/new", "/projects/new?like=origin");
        var clone = await Load("origin-copy");
        Assert.Equal(other.Task, clone.Task);
        Assert.Equivalent(other.Settings, clone.Settings);
        Assert.Equal(["a cat", "a dog", "a held-out bird"], clone.Prompts.OrderBy(prompt => prompt.Position).Select(prompt => prompt.Text));
        Assert.Equal(PromptUse.HeldOut, clone.Prompts.Single(prompt => prompt.Text == "a held-out bird").Use);
    }

    [Fact]
    public async Task What_is_typed_is_checked_before_it_is_saved_and_saves_nothing()
    {
        var before = await host.With<LabelerDb, int>(db => db.Projects.CountAsync());
        var said = await Check(("Name", "  "), ("Task", "Rank"), ("Settings.GroupSize", "14"), ("Settings.SignalBudget", "many"), ("Sampling.Steps", "0"));
        Assert.Contains("A project's name has 1 to 100 characters.", said);
        Assert.Contains("A ranking project needs 2 to 9 images per group", said);
        Assert.Contains("Signal budget must be a whole number, not \"many\".", said);
        Assert.Contains("Steps must be between 2 and 200.", said);
        Assert.DoesNotContain("check-faults", await Check(("Name", "Fine"), ("Task", "FlagBatch"), ("Flags", "Deformed")));
        Assert.Equal(before, await host.With<LabelerDb, int>(db => db.Projects.CountAsync()));
    }

    [Fact]
    public async Task Where_and_in_what_a_project_computes_and_a_flow_model_s_noise_are_checked_and_kept()
    {
        Assert.Contains("The device is cpu, cuda or cuda:1", await Check(("Name", "Elsewhere"), ("Compute.Device", "tpu")));
        Assert.Contains("There are fewer sampling steps than the noisy ones reach to.",
            await Check(("Name", "Late"), ("Sampling.Steps", "10"), ("Sampling.NoisySteps", "3"), ("Sampling.FirstNoisyStep", "8")));

        await Post("/projects/new", "/projects/new?template=hands", ("Name", "Narrow"),
            ("Compute.Device", "cuda:1"), ("Compute.Precision", "BFloat16"), ("Compute.MicroBatch", "4"), ("Compute.Offload", "on"),
            ("Sampling.FlowNoise", "Cps"), ("Sampling.NoisySteps", "3"), ("Sampling.FirstNoisyStep", "2"), ("Training.BaseKlWeight", "0.04"));

        var made = (await Load("narrow")).Settings;
        Assert.Equal(new ComputeSettings { Device = "cuda:1", Precision = ComputePrecision.BFloat16, MicroBatch = 4, Offload = true }, made.Compute);
        Assert.Equal((FlowNoiseKind.Cps, 3, 2), (made.Sampling.FlowNoise, made.Sampling.NoisySteps, made.Sampling.FirstNoisyStep));
        Assert.Equal(0.04, made.Training.BaseKlWeight);
    }

    [Fact]
    public async Task The_preview_shows_what_people_will_answer_with()
    {
        Assert.Equal(5, Count(await Check(("Name", "Five"), ("Task", "FlagBatch"), ("Flags", "Unsafe"), ("Settings.GroupSize", "5")), "class=\"preview-tile "));
        var scored = await Check(("Name", "Scored"), ("Task", "Categorise"), ("Choice.Name", "a <b>ring"), ("Choice.Key", "7"), ("Choice.Definition", "round"), ("Choice.Value", "1"), ("Prompts", "\n a ring of gold\nanother"));
        Assert.Contains("a <b>ring", scored);
        Assert.Contains("<kbd>7</kbd>", scored);
        Assert.Contains("a ring of gold", scored);
        Assert.Equal(1, Count(scored, "class=\"preview-tile "));
    }

    [Fact]
    public async Task The_estimate_is_what_earlier_samplings_of_the_model_took_or_says_that_there_are_none()
    {
        (string, string)[] fields = [("Name", "Timed"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Settings.GroupSize", "7"), ("Settings.ImagesPerEpoch", "70"), ("Settings.EvaluationImages", "30"), ("Settings.ModelFolder", "models/timed"), ("Sampling.Steps", "40"), ("Sampling.GuidanceScale", "1")];
        Assert.Contains("not measured yet", await Check(fields));

        await using var seeded = await SeededProject.Create(host.Data, "Timed before", LabelingTask.FlagBatch, groups: 2, new() { ModelFolder = "models/timed", Sampling = new() { Steps = 20, GuidanceScale = 5 } });
        await using (var db = await seeded.Open())
        {
            // 14 images in 28 s at 20 steps with guidance: as long as at 40 without.
            var ended = DateTimeOffset.UtcNow;
            await db.Jobs.Where(job => job.ProjectId == seeded.Project.Id && job.Kind == JobKind.Sample).ExecuteUpdateAsync(set => set
                .SetProperty(job => job.State, JobState.Succeeded).SetProperty(job => job.StartedAt, ended.AddSeconds(-28)).SetProperty(job => job.EndedAt, ended));
        }
        var said = await Check(fields);
        // 70 images and 35 of whole groups for evaluation.
        Assert.Contains(">105<", said);
        Assert.Contains("about 4 minutes", said);
        Assert.Contains("2.0 s a picture, as the last sampling of this model took", said);
        Assert.Contains("no training of this model by this algorithm has ended yet", said);

        await using (var db = await seeded.Open())
        {
            // It learned from 14 images in 28 s: from 70 at as much work each in 140.
            var (ended, epoch) = (DateTimeOffset.UtcNow, await db.Epochs.SingleAsync(one => one.ProjectId == seeded.Project.Id));
            var job = db.Jobs.Add(Job.Queue(JobKind.Train, seeded.Project.Id, epoch.Id, null, ended)).Entity;
            await db.SaveChangesAsync();
            await db.Jobs.Where(one => one.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(one => one.Attempt, 1)
                .SetProperty(one => one.State, JobState.Succeeded).SetProperty(one => one.StartedAt, ended.AddSeconds(-28)).SetProperty(one => one.EndedAt, ended));
        }
        said = await Check(fields);
        Assert.Contains("about 3 minutes", said);
        Assert.Contains("as the last training of this model by this algorithm took", said);
        Assert.Contains("about 5 minutes", await Check([.. fields, ("Training.Passes", "2")]));
    }

    [Fact]
    public async Task What_an_epoch_takes_in_memory_stands_beside_what_the_device_has()
    {
        (string, string)[] fields = [("Name", "Sized"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Settings.ModelFolder", "models/mirror-world"), ("Compute.Device", "cpu")];
        var said = await Check([.. fields, ("Compute.MicroBatch", "4")]);
        Assert.Contains("; computes in float32", said);
        Assert.Matches(@"about \d+\.\d GB", said);
        Assert.Matches(@"\d+\.\d GB to sample, \d+\.\d GB to train with 4 at once; this machine has \d+\.\d GB free", said);
        Assert.Contains("computes in bfloat16", await Check([.. fields, ("Compute.Precision", "BFloat16")]));
        Assert.Contains("activations computed again", await Check([.. fields, ("Compute.Recompute", "on")]));

        var large = await Check([.. fields, ("Compute.MicroBatch", "1024"), ("Sampling.Size", "2048")]);
        Assert.Contains("so it may be refused", large);
        Assert.True(Needed(large) > 1000 * Needed(said), $"{Needed(large)} {Needed(said)}");
        Assert.Contains("the worker holds it against what its GPU has free", await Check([.. fields[..^1], ("Compute.Device", "cuda:1")]));

        static double Needed(string box) => double.Parse(System.Text.RegularExpressions.Regex.Match(box, @"about (\d+\.\d) GB").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_model_s_family_size_and_precision_stand_there_or_why_there_is_none()
    {
        var known = await Check(("Name", "Known"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Settings.ModelFolder", "models/mirror-world"));
        Assert.Matches(@"Stable Diffusion 1\.x or 2\.x, \d+(\.\d)? MB, float(16|32)", known);
        Assert.Contains("There is no model in models/nothing", await Check(("Name", "Missing"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Settings.ModelFolder", "models/nothing")));
        Assert.Contains("There is no model in", await Check(("Name", "Nul"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Settings.ModelFolder", "models/\0")));

        var folder = Directory.CreateDirectory(Path.Combine(host.Data, "models", "other")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "model_index.json"), """{"_class_name": "KandinskyPipeline"}""");
        Assert.Contains("is a KandinskyPipeline, which is not one that can be trained here", await Check(("Name", "Other"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Settings.ModelFolder", "models/other")));
        await File.WriteAllTextAsync(Path.Combine(folder, "model_index.json"), "nothing of the kind");
        Assert.Contains("cannot be read", await Check(("Name", "Damaged"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Settings.ModelFolder", "models/other")));
    }

    [Fact]
    public async Task A_model_of_one_file_says_the_same_by_the_names_and_shapes_of_its_tensors()
    {
        (string, long[])[] tensors =
        [
            ("model.diffusion_model.img_in.weight", [3072, 64]), ("model.diffusion_model.double_blocks.0.img_attn.norm.query_norm.scale", [128]),
            ("model.diffusion_model.double_blocks.0.img_mlp.0.weight", [1_000_000, 12_000]), ("model.diffusion_model.single_blocks.0.linear1.weight", [21504, 3072]),
            ("text_encoders.clip_l.transformer.text_model.embeddings.position_embedding.weight", [77, 768]),
            .. Enumerable.Range(0, 4).Select(level => ($"first_stage_model.decoder.up.{level}.block.0.conv2.weight", new long[] { 128, 128, 3, 3 })),
            ("first_stage_model.decoder.conv_in.weight", [512, 16, 3, 3]),
        ];
        var header = JsonSerializer.SerializeToUtf8Bytes(tensors.ToDictionary(tensor => tensor.Item1, tensor => new { dtype = "BF16", shape = tensor.Item2, data_offsets = new[] { 0, 0 } }));
        Directory.CreateDirectory(Path.Combine(host.Data, "models"));
        await File.WriteAllBytesAsync(Path.Combine(host.Data, "models", "one.safetensors"), [.. BitConverter.GetBytes((long)header.Length), .. header]);

        var said = await Check(("Name", "One"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Settings.ModelFolder", "models/one.safetensors"), ("Compute.Precision", "BFloat16"), ("Compute.MicroBatch", "1"));

        Assert.Matches(@"FLUX, \d+(\.\d)? MB, bfloat16; computes in bfloat16", said);
        // Twelve thousand million numbers of two bytes, and a sixth of that held.
        Assert.Matches(@"about (2[89]|3\d)\.\d GB", said);
        Assert.Matches(@"\d+\.\d GB to sample, \d+\.\d GB to train with 1 at once", said);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private async Task<string> Check(params (string, string)[] fields)
    {
        var answer = await Send("/projects/check", await _admin.GetStringAsync("/projects/new"), fields);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private async Task Post(string action, string page, params (string, string)[] fields) =>
        Assert.Equal(HttpStatusCode.Found, (await Send(action, await _admin.GetStringAsync(page), fields)).StatusCode);

    // Every field of the page in its order, options' rows too, with some of them changed.
    private async Task<HttpResponseMessage> Send(string action, string page, (string Name, string Value)[] changed)
    {
        var content = new MultipartFormDataContent();
        var names = changed.Select(field => field.Name).ToHashSet();
        foreach (var (name, value) in Fields(page).Where(field => !names.Contains(field.Name)).Concat(changed))
        {
            content.Add(new StringContent(value), name);
        }
        return await _admin.PostAsync(action, content);
    }

    private static IEnumerable<(string Name, string Value)> Fields(string page)
    {
        var form = new HtmlParser().ParseDocument(page).QuerySelector("form.project-form")!;
        foreach (var field in form.QuerySelectorAll("input[name], select[name], textarea[name]"))
        {
            var value = field switch
            {
                IHtmlInputElement { Type: "file" } or IHtmlInputElement { Type: "checkbox" or "radio", IsChecked: false } => null,
                IHtmlInputElement input => input.Value,
                IHtmlSelectElement select => select.Value,
                _ => ((IHtmlTextAreaElement)field).Value,
            };
            if (value is not null)
            {
                yield return (field.GetAttribute("name")!, value);
            }
        }
    }

    private async Task<Project> Make(string name, ProjectSettings settings)
    {
        var project = Project.Create(name, LabelingTask.Categorise, settings, DateTimeOffset.UtcNow);
        project.UsePrompts(["a cat", "a dog"], ["a held-out bird"]);
        await host.With<ProjectEditing, bool>(async editing =>
        {
            await editing.Add(project);
            return true;
        });
        return project;
    }

    private Task<Project> Load(string slug) => host.With<LabelerDb, Project>(db => db.Projects.AsNoTracking().Include(p => p.Prompts).SingleAsync(p => p.Slug == slug));
}
