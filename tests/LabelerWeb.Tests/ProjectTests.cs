using System.Net;
using System.Text;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Imaging;
using Labeler.Shared.Jobs;
using Labeler.Shared.Projects;
using Labeler.Shared.Storage;
using Labeler.Web.Features.Projects;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

public sealed class ProjectTests(WebHost host) : IClassFixture<WebHost>, IAsyncLifetime
{
    private HttpClient _admin = null!;

    public async Task InitializeAsync()
    {
        await host.With<LabelerDb, int>(async db => await db.Jobs.ExecuteDeleteAsync() + await db.Epochs.ExecuteDeleteAsync() + await db.Prompts.ExecuteDeleteAsync() + await db.Projects.ExecuteDeleteAsync());
        _admin = await host.SignedIn($"Ada {Guid.NewGuid():N}", Role.Admin);
    }

    public Task DisposeAsync()
    {
        _admin.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_project_made_with_the_forms_own_fields_has_the_defaults()
    {
        await Create("Hands", ("Prompts", "1 hand\n\n 1 hand \na foot"));
        var project = await Load("hands");
        Assert.Equivalent(new ProjectSettings().Training, project.Settings.Training);
        Assert.Equivalent(new ProjectSettings().Sampling, project.Settings.Sampling);
        Assert.Equal(new ProjectSettings().ImagesPerEpoch, project.Settings.ImagesPerEpoch);
        Assert.Equal(["1 hand", "a foot"], project.Prompts.OrderBy(p => p.Position).Select(p => p.Text));
    }

    [Fact]
    public async Task Every_setting_that_the_form_shows_can_be_changed_and_comes_back()
    {
        await Create("Hands", ("Prompts", "1 hand"));
        await Save("/p/hands/settings", ("Settings.VotesPerItem", "3"), ("Settings.Blurred", "on"), ("Training.Beta", "0.25"), ("Training.LastStep", "13"), ("Training.Adapter", "Full"), ("Sampling.GuidanceScale", "1.5"));
        var settings = (await Load("hands")).Settings;
        Assert.Equal((3, true, 0.25, 13, AdapterKind.Full, 1.5), (settings.VotesPerItem, settings.Blurred, settings.Training.Beta, settings.Training.LastStep, settings.Training.Adapter, settings.Sampling.GuidanceScale));
        var page = await _admin.GetStringAsync("/p/hands/settings");
        Assert.Contains("name=\"Training.Beta\" value=\"0.25\"", page);
        Assert.Contains("name=\"Training.LastStep\" value=\"13\"", page);
    }

    [Fact]
    public async Task Another_algorithm_brings_its_own_learning_rate_unless_one_was_typed()
    {
        await Create("Hands", ("Prompts", "1 hand"), ("Algorithm", "ddpo"));
        Assert.Equal(3e-4, (await Load("hands")).Settings.Training.LearningRate);
        await Save("/p/hands/settings", ("Algorithm", "d3po"));
        Assert.Equal(3e-5, (await Load("hands")).Settings.Training.LearningRate);
        await Save("/p/hands/settings", ("Algorithm", "diffusion-kto"), ("Training.LearningRate", "0.002"));
        Assert.Equal(("diffusion-kto", 2e-3), ((await Load("hands")).Settings.Algorithm, (await Load("hands")).Settings.Training.LearningRate));
        await Save("/p/hands/settings", ("Training.AcrossGroups", "on"), ("Training.Baseline", "Group"), ("Training.Estimator", "ScoreFunction"), ("Training.SparseRewards", "on"));
        var training = (await Load("hands")).Settings.Training;
        Assert.Equal((true, RewardBaseline.Group, RewardEstimator.ScoreFunction, true, 2e-3), (training.AcrossGroups, training.Baseline, training.Estimator, training.SparseRewards, training.LearningRate));
        Assert.False(training.TextEncoders);
        await Save("/p/hands/settings", ("Training.TextEncoders", "on"));
        Assert.True((await Load("hands")).Settings.Training.TextEncoders);
        foreach (var baseline in Enum.GetValues<RewardBaseline>())
        {
            await Save("/p/hands/settings", ("Training.Baseline", $"{baseline}"));
            Assert.Equal(baseline, (await Load("hands")).Settings.Training.Baseline);
        }
    }

    [Fact]
    public async Task What_the_authors_had_is_filled_in_beside_ours_and_saved_only_when_somebody_saves_it()
    {
        await Create("Hands", ("Prompts", "1 hand"), ("Algorithm", "ddpo"));
        var ours = (await Load("hands")).Settings;
        Assert.Equal((350, 20, 56), (ours.ImagesPerEpoch, ours.Sampling.Steps, ours.Training.ImagesPerStep));
        var filled = await (await Save("/p/hands/settings", ("AsPublished", "yes"))).Content.ReadAsStringAsync();
        Assert.Contains("arXiv 2305.13301, appendix D", filled);
        foreach (var (field, value) in new[] { ("Settings.ImagesPerEpoch", "256"), ("Sampling.Steps", "50"), ("Training.ImagesPerStep", "64"), ("Training.LearningRate", "3e-4"), ("Training.RatioClip", "1e-4") })
        {
            Assert.Contains($"name=\"{field}\" value=\"{value}\"", filled);
        }
        Assert.Equal(350, (await Load("hands")).Settings.ImagesPerEpoch);

        Assert.Contains("no others: choose one of these first", await (await Save("/p/hands/settings", ("Algorithm", "diffusion-kto"), ("AsPublished", "yes"))).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_form_makes_a_ranking_project_and_says_which_pairs_of_a_group_meet()
    {
        await Create("Ranked", ("Prompts", "1 hand"), ("Task", "Rank"), ("Settings.GroupSize", "5"));
        Assert.Equal((LabelingTask.Rank, 5), ((await Load("ranked")).Task, (await Load("ranked")).Settings.GroupSize));
        await Create("Pairs", ("Prompts", "1 hand"), ("Task", "PreferPair"), ("Settings.Pairs", "All"));
        Assert.Equal(PairChoice.All, (await Load("pairs")).Settings.Pairs);
        Assert.Contains("Which images meet in a pair project", await _admin.GetStringAsync("/p/pairs/settings"));
    }

    [Theory]
    [InlineData("Training.Beta", "much", "Beta must be a number")]
    [InlineData("Settings.GroupSize", "99", "Images per group")]
    [InlineData("Training.LearningRate", "NaN", "Learning rate must be a number")]
    [InlineData("Settings.ImagesPerEpoch", "", "Images per epoch is empty")]
    [InlineData("Name", "   ", "1 to 100 characters")]
    [InlineData("Prompts", "", "at least one prompt")]
    public async Task A_value_that_cannot_be_is_refused_with_its_name_and_nothing_is_written(string field, string value, string reason)
    {
        var answer = await Save("/projects/new", ("Name", "Hands"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Prompts", "1 hand"), (field, value));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(reason, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
        Assert.False(await host.With<LabelerDb, bool>(db => db.Projects.AnyAsync()));
    }

    [Fact]
    public async Task A_prompt_file_of_a_million_lines_is_refused_with_a_clear_message()
    {
        var lines = new StringBuilder();
        for (var i = 0; i < 1_000_000; i++)
        {
            lines.Append("prompt ").Append(i).Append('\n');
        }
        var answer = await Save("/projects/new", Encoding.UTF8.GetBytes(lines.ToString()), ("Name", "Hands"), ("Task", "FlagBatch"), ("Flags", "Deformed"));
        Assert.Contains("more than 100,000 prompts", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_prompt_file_that_is_not_text_is_refused()
    {
        var answer = await Save("/projects/new", [0xFF, 0xC0, 0x80, 0xFE, 0x00], ("Name", "Hands"), ("Task", "FlagBatch"), ("Flags", "Deformed"));
        Assert.Contains("not text in UTF-8", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_prompt_file_of_another_encoding_is_read_by_its_mark_or_refused_with_line_and_column()
    {
        var answer = await Save("/projects/new", Encoding.Latin1.GetBytes("a mirror\nein schöner Spiegel\n"), ("Name", "Hands"), ("Task", "FlagBatch"), ("Flags", "Deformed"));
        Assert.Contains("prompts.txt, line 2, column 8: the byte 0xF6 is not text in UTF-8", await answer.Content.ReadAsStringAsync());

        await Save("/projects/new", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("ein schöner Spiegel\r\n[round] mirror\r\n")], ("Name", "Hands"), ("Task", "FlagBatch"), ("Flags", "Deformed"));
        Assert.Equal(["ein schöner Spiegel", "[round] mirror"], (await Load("hands")).Prompts.OrderBy(p => p.Position).Select(p => p.Text));
    }

    [Fact]
    public async Task A_prompt_file_may_be_a_json_list()
    {
        await Save("/projects/new", "[\"a mirror\", \"a window\"]"u8.ToArray(), ("Name", "Hands"), ("Task", "FlagBatch"), ("Flags", "Deformed"));
        Assert.Equal(["a mirror", "a window"], (await Load("hands")).Prompts.OrderBy(p => p.Position).Select(p => p.Text));
    }

    [Fact]
    public async Task A_prompt_file_replaces_the_typed_prompts()
    {
        await Save("/projects/new", "first\r\nsecond\r\n"u8.ToArray(), ("Name", "Hands"), ("Task", "FlagBatch"), ("Flags", "Deformed"), ("Prompts", "typed"));
        Assert.Equal(["first", "second"], (await Load("hands")).Prompts.OrderBy(p => p.Position).Select(p => p.Text));
    }

    [Fact]
    public async Task Two_projects_of_one_name_have_different_addresses()
    {
        await Create("Hands", ("Prompts", "1 hand"));
        await Create("Hands", ("Prompts", "1 hand"));
        await Create("New", ("Prompts", "1 hand"));
        Assert.Equal(["hands", "hands-2", "new-2"], await host.With<LabelerDb, List<string>>(db => db.Projects.Select(p => p.Slug).Order().ToListAsync()));
    }

    [Fact]
    public async Task A_deleted_project_leaves_the_list_and_comes_back_when_restored()
    {
        await Create("Hands", ("Prompts", "1 hand"));
        var id = (await Load("hands")).Id;
        await _admin.Post("/projects", $"/projects/{id}/delete");
        Assert.Equal(HttpStatusCode.NotFound, (await _admin.GetAsync("/p/hands/settings")).StatusCode);
        await _admin.Post("/projects", $"/projects/{id}/restore");
        Assert.Equal(HttpStatusCode.OK, (await _admin.GetAsync("/p/hands/settings")).StatusCode);
    }

    [Fact]
    public async Task An_example_picture_is_stored_anew_and_stands_in_the_guidelines()
    {
        await Create("Hands", ("Prompts", "1 hand"));
        var id = (await Load("hands")).Id;
        var png = new Picture(1600, 900, new byte[1600 * 900 * 3]).ToPng([new("Comment", "secret place")]);
        await Upload(id, png, "Six [fingers](x)");
        var guidelines = (await Load("hands")).Settings.Guidelines;
        var hash = System.Text.RegularExpressions.Regex.Match(guidelines, @"!\[Six fingers\(x\)\]\(/api/images/([0-9a-f]{64})/original\)").Groups[1].Value;
        var stored = await host.With<FileStore, byte[]>(files => files.Read(hash));
        Assert.Equal(PictureFormat.WebP, PictureFormats.Of(stored));
        Assert.True(Picture.Decode(stored).Width <= 800);
        Assert.DoesNotContain("secret place", Encoding.Latin1.GetString(stored));
    }

    [Fact]
    public async Task A_file_that_is_no_picture_is_refused_and_the_guidelines_stay()
    {
        await Create("Hands", ("Prompts", "1 hand"));
        var id = (await Load("hands")).Id;
        var answer = await Upload(id, "<svg onload='alert(1)'>"u8.ToArray(), "bad");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Contains("This picture cannot be used", WebUtility.HtmlDecode(await _admin.GetStringAsync("/projects")));
        Assert.Equal("", (await Load("hands")).Settings.Guidelines);
    }

    [Fact]
    public async Task A_picture_beyond_the_limit_is_refused_and_the_guidelines_stay()
    {
        await Create("Hands", ("Prompts", "1 hand"));
        await Upload((await Load("hands")).Id, new byte[ExampleUpload.LargestFile + 1], "large");
        Assert.Contains("The picture has 16 MB; the most is 15 MB.", WebUtility.HtmlDecode(await _admin.GetStringAsync("/projects")));
        Assert.Equal("", (await Load("hands")).Settings.Guidelines);
    }

    [Fact]
    public async Task A_project_and_prompts_with_markup_are_shown_as_text()
    {
        const string hostile = "<script>alert('x')</script>";
        await Create($"Hands {hostile}", ("Prompts", $"1 hand {hostile}"));
        foreach (var page in new[] { "/projects", "/label", "/p/hands-script-alert-x-script/epochs", "/p/hands-script-alert-x-script/settings" })
        {
            var html = await _admin.GetStringAsync(page);
            Assert.DoesNotContain(hostile, html);
            Assert.Contains("&lt;script&gt;alert(", html);
        }
    }

    [Fact]
    public async Task A_fresh_installation_begins_with_every_task_and_its_sampling_queued_once()
    {
        await host.With<DemoProjects, bool>(async demo => { await demo.Seed(); await demo.Seed(); return true; });
        var tasks = await host.With<LabelerDb, List<LabelingTask>>(db => db.Projects.Select(p => p.Task).Distinct().ToListAsync());
        Assert.Equal(Enum.GetValues<LabelingTask>().Order(), tasks.Order());
        var (projects, jobs) = await host.With<LabelerDb, (int, int)>(async db => (await db.Projects.CountAsync(), await db.Jobs.CountAsync(j => j.Kind == JobKind.Sample && j.State == JobState.Queued)));
        Assert.Equal(projects, jobs);
        Assert.Equal(6, projects);
    }

    private Task<HttpResponseMessage> Create(string name, params (string, string)[] fields) => Save("/projects/new", [("Name", name), ("Task", "FlagBatch"), ("Flags", "Deformed"), .. fields]);

    private Task<HttpResponseMessage> Save(string page, params (string, string)[] fields) => Save(page, null, fields);

    // Posts the page's own fields with some of them changed, as a browser would.
    private async Task<HttpResponseMessage> Save(string page, byte[]? file, params (string Name, string Value)[] changed)
    {
        var html = await _admin.GetStringAsync(page);
        var fields = Forms.FieldsOf(html);
        foreach (var (name, value) in changed)
        {
            fields[name] = value;
        }
        var content = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            content.Add(new StringContent(value), name);
        }
        if (file is not null)
        {
            content.Add(new ByteArrayContent(file), "PromptFile", "prompts.txt");
        }
        return await _admin.PostAsync(page, content);
    }

    private async Task<HttpResponseMessage> Upload(long id, byte[] picture, string caption)
    {
        var token = Forms.FieldsOf(await _admin.GetStringAsync("/p/hands/settings"))["__RequestVerificationToken"];
        return await _admin.PostAsync($"/projects/{id}/examples", new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent(caption), "caption" }, { new ByteArrayContent(picture), "picture", "x.png" } });
    }

    private Task<Project> Load(string slug) => host.With<LabelerDb, Project>(db => db.Projects.AsNoTracking().Include(p => p.Prompts).SingleAsync(p => p.Slug == slug));
}
