using System.IO.Compression;
using System.Net;
using Labeler.Shared.Accounts;
using Labeler.Shared.Data;
using Labeler.Shared.Projects;
using Labeler.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Labeler.Web.Tests;

/// <summary>What a checkpoint's page gives away: its card, and its weights with the card.</summary>
public sealed class ModelCardTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_lead_gets_a_card_that_counts_votes_and_people_and_names_nobody()
    {
        await using var seeded = await SeededProject.Create(host.Data, "Hands *and* feet", LabelingTask.FlagBatch, groups: 2);
        foreach (var name in new[] { "Wanda Carded", "Otto Carded" })
        {
            using var client = await AnnotatorClient.Open(host, name);
            foreach (var item in await client.Items(seeded.Project.Id, take: 1))
            {
                await client.Send(AnnotatorClient.Flag(seeded.Project.Id, item, Guid.NewGuid(), 1));
            }
        }
        await seeded.Learn();
        var checkpoint = await host.With<LabelerDb, long>(db => db.Checkpoints.Where(c => c.ProjectId == seeded.Project.Id).Select(c => c.Id).SingleAsync());
        using var lead = await host.SignedIn("Card lead", Role.Lead);
        Assert.Contains($"action=\"lineage/{checkpoint}/weights.zip\"", await lead.GetStringAsync($"/lineage/{checkpoint}"));

        var card = await lead.GetStringAsync($"/lineage/{checkpoint}/card.md?license=Apache-2.0");
        Assert.StartsWith("---\nlicense: apache-2.0\nlibrary_name: diffusers\n", card);
        Assert.Contains("# Hands \\*and\\* feet, epoch 1", card);
        Assert.Contains("| Votes that it learned from | 2 |\n| People who gave them | 2 |", card);
        Assert.Contains("| Preferences | 12 |", card);
        Assert.Contains("Nothing that it made has been judged yet.", card);
        Assert.DoesNotContain("Carded", card);

        using var zip = new ZipArchive(new MemoryStream(await lead.GetByteArrayAsync($"/lineage/{checkpoint}/weights.zip")));
        Assert.Equal(["README.md", "diffusion_pytorch_model.safetensors"], zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        using var readme = new StreamReader(await zip.GetEntry("README.md")!.OpenAsync());
        Assert.StartsWith("---\nlicense: other\n", await readme.ReadToEndAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await lead.GetAsync($"/lineage/{checkpoint}/card.md?license=a%0Ab")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lead.GetAsync("/lineage/999999/card.md")).StatusCode);
    }
}
