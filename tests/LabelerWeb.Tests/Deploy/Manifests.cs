using Labeler.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Labeler.Web.Tests.Deploy;

/// <summary>The Kubernetes manifests, each document by its own.</summary>
internal static class Manifests
{
    public static IReadOnlyList<YamlMappingNode> All { get; } = [.. Directory.GetFiles(Repository.At("deploy", "kubernetes"), "*.yaml").SelectMany(Read)];

    /// <summary>Whatever stands under this name, at any depth.</summary>
    public static IEnumerable<YamlNode> Named(this YamlNode node, string name) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(child => child.Key.ToString() == name ? child.Value.Named(name).Prepend(child.Value) : child.Value.Named(name)),
        YamlSequenceNode list => list.Children.SelectMany(child => child.Named(name)),
        _ => [],
    };

    public static IEnumerable<YamlMappingNode> Items(this YamlNode list) => ((YamlSequenceNode)list).Children.Cast<YamlMappingNode>();

    public static string? Text(this YamlNode node, string name) => node is YamlMappingNode map && map.Children.TryGetValue(name, out var found) ? found.ToString() : null;

    /// <summary>What a document says of its pods.</summary>
    public static IEnumerable<YamlNode> Pods => All.SelectMany(document => document.Named("template")).SelectMany(template => template.Named("spec"));

    public static IEnumerable<YamlMappingNode> Containers => Pods.SelectMany(pod => pod.Named("containers")).SelectMany(Items);

    public static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Settings => All.Where(document => document.Text("kind") == "ConfigMap")
        .SelectMany(document => ((YamlMappingNode)document["data"]).Children);

    public static IEnumerable<YamlMappingNode> Variables => Containers.SelectMany(container => container.Named("env")).SelectMany(Items);

    private static IEnumerable<YamlMappingNode> Read(string path)
    {
        var stream = new YamlStream();
        using var text = File.OpenText(path);
        stream.Load(text);
        Assert.NotEmpty(stream.Documents);
        return stream.Documents.Select(document => Assert.IsType<YamlMappingNode>(document.RootNode));
    }
}
