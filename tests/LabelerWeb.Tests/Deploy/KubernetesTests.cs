extern alias engine;

using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Labeler.Tests.Support;
using Labeler.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using YamlDotNet.RepresentationModel;

namespace Labeler.Web.Tests.Deploy;

/// <summary>The manifests fit the product: settings, addresses, command lines and the time that it takes to end.</summary>
public sealed partial class KubernetesTests(WebHost host) : IClassFixture<WebHost>
{
    [Fact]
    public void Every_environment_variable_is_one_that_the_product_reads()
    {
        var named = Manifests.Variables.Select(variable => variable.Text("name")!).Concat(Manifests.Settings.Select(setting => setting.Key.ToString())).Distinct().ToList();
        Assert.Contains("ConnectionStrings__Labeler", named);
        Assert.DoesNotContain(named, name => !KnownSettings.Knows(name));
        Assert.All(["Web__DrainSecond", "Store__S3__Buckets", "Stores__Kind", "ConnectionStrings__Other", "PASSWORD"], name => Assert.False(KnownSettings.Knows(name), name));
    }

    [Fact]
    public async Task Every_address_that_is_probed_answers_and_the_port_is_the_one_listened_on()
    {
        var probes = Manifests.Containers.SelectMany(container => container.Named("httpGet")).ToList();
        Assert.NotEmpty(probes);
        using var stranger = host.Browser();
        foreach (var path in probes.Select(probe => probe.Text("path")))
        {
            var answer = await stranger.GetAsync(path);
            Assert.Equal((HttpStatusCode.OK, "ok"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }
        var (options, _) = RunOptions.Parse(Commands("LabelerWeb.dll").Single());
        Assert.All(Manifests.Containers.SelectMany(container => container.Named("containerPort")), port => Assert.Equal($"{options!.Port}", port.ToString()));
        Assert.Equal(IPAddress.Any, options!.Host);
    }

    [Fact]
    public void A_pod_has_the_time_that_a_server_takes_to_drain_and_to_end()
    {
        var drains = int.Parse(Manifests.Settings.Single(setting => setting.Key.ToString() == "Web__DrainSeconds").Value.ToString(), CultureInfo.InvariantCulture);
        var ends = host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.TotalSeconds;
        var web = Manifests.All.Single(document => document.Text("kind") == "Deployment" && document["metadata"].Text("name") == "labeler-web");
        var grace = double.Parse(web.Named("terminationGracePeriodSeconds").Single().ToString(), CultureInfo.InvariantCulture);
        Assert.True(grace >= drains + ends, $"{grace} s are less than {drains} and {ends}");
    }

    [Fact]
    public void No_secret_stands_in_them_and_no_container_runs_as_root_or_writes_where_it_need_not()
    {
        Assert.DoesNotContain(Manifests.All, document => document.Text("kind") == "Secret");
        var given = Manifests.Variables.Where(variable => variable.Text("value") is not null).Select(variable => variable.Text("name")!)
            .Concat(Manifests.Settings.Select(setting => setting.Key.ToString()));
        Assert.DoesNotContain(given, name => Secret().IsMatch(name));
        Assert.NotEmpty(Manifests.Containers);
        foreach (var container in Manifests.Containers)
        {
            Assert.Equal(("true", "false"), (container["securityContext"].Text("readOnlyRootFilesystem"), container["securityContext"].Text("allowPrivilegeEscalation")));
            Assert.Contains("/tmp", container.Named("mountPath").Select(path => path.ToString()));
        }
        Assert.All(Manifests.Pods.Where(pod => pod.Text("restartPolicy") is not null || pod.Text("automountServiceAccountToken") is not null), pod =>
            Assert.Equal("true", pod["securityContext"].Text("runAsNonRoot")));
    }

    [Fact]
    public void Containers_are_started_by_command_lines_that_the_programs_understand()
    {
        var worker = engine::Labeler.TrainingEngine.Commands.WorkerCommand.Create();
        var workers = Manifests.Containers.Where(container => container.Text("image")!.StartsWith("labeler-worker", StringComparison.Ordinal)).Select(Arguments)
            .Concat(Commands("TrainingEngine.dll")).ToList();
        Assert.NotEmpty(workers);
        Assert.All(workers, arguments => Assert.Empty(worker.Parse(Assert.IsType<string[]>(arguments[1..])).Errors));
        Assert.All(workers, arguments => Assert.Equal(worker.Name, arguments[0]));
        var upgrade = Arguments(Manifests.Containers.Single(container => container.Text("name") == "upgrade"));
        Assert.Equal(["upgrade", "--data"], upgrade[..2]);
        Assert.StartsWith(Commands("LabelerWeb.dll").Single()[^1], upgrade[2], StringComparison.Ordinal);
    }

    private static string[] Arguments(YamlMappingNode container) => [.. ((YamlSequenceNode)container["args"]).Children.Select(argument => argument.ToString())];

    // What the image of a program does where nothing else is said.
    private static IEnumerable<string[]> Commands(string program)
    {
        var stages = File.ReadAllText(Repository.At("deploy", "container", "Containerfile")).Split("\nFROM ");
        return stages.Where(stage => stage.Contains(program, StringComparison.Ordinal))
            .Select(stage => Quoted().Matches(Command().Match(stage).Value).Select(quoted => quoted.Groups[1].Value).ToArray());
    }

    [GeneratedRegex("(?i)password|secret|accesskey|connectionstrings")]
    private static partial Regex Secret();

    [GeneratedRegex("^CMD .*$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
