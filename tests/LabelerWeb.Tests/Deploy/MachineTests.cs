using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Labeler.Tests.Support;

namespace Labeler.Web.Tests.Deploy;

/// <summary>Units, scripts and examples of proxies are read by the programs that they are for, where these are installed.</summary>
public sealed partial class MachineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("labeler-deploy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Units_scripts_and_the_image_name_settings_that_the_product_reads()
    {
        var named = new[] { "systemd", "slurm", "container" }.SelectMany(folder => Directory.GetFiles(Repository.At("deploy", folder)))
            .SelectMany(path => Given().Matches(File.ReadAllText(path))).Select(found => found.Groups[1].Value).Distinct().ToList();
        Assert.Contains("Web__DrainSeconds", named);
        Assert.Contains("Keys__Certificate", named);
        Assert.DoesNotContain(named, name => !KnownSettings.Knows(name));
    }

    [ProgramFact("systemd-analyze")]
    public async Task Systemd_finds_nothing_wrong_with_the_units()
    {
        var units = Directory.GetFiles(Repository.At("deploy", "systemd"), "*.service");
        foreach (var unit in units)
        {
            // Where .NET lies on this machine is not asked.
            await File.WriteAllTextAsync(Path.Combine(_folder, Path.GetFileName(unit)), (await File.ReadAllTextAsync(unit)).Replace("/usr/bin/dotnet", "/bin/true", StringComparison.Ordinal));
        }
        Assert.Equal((0, ""), await Run("systemd-analyze", ["verify", "--man=no", .. Directory.GetFiles(_folder)]));
    }

    [ProgramFact("nginx")]
    public async Task Nginx_takes_the_example()
    {
        var (certificate, key) = (Path.Combine(_folder, "c.pem"), Path.Combine(_folder, "k.pem"));
        using (var authority = new TestCertificates())
        using (var made = authority.For("label.example.org"))
        {
            await File.WriteAllTextAsync(certificate, made.ExportCertificatePem());
            await File.WriteAllTextAsync(key, made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }
        var example = (await File.ReadAllTextAsync(Repository.At("deploy", "proxy", "nginx.conf")))
            .Replace("/etc/ssl/label.example.org.pem", certificate, StringComparison.Ordinal).Replace("/etc/ssl/label.example.org.key", key, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder, "labeler.conf"), example);
        var all = Path.Combine(_folder, "nginx.conf");
        await File.WriteAllTextAsync(all, $"pid {_folder}/pid;\nerror_log {_folder}/log;\nevents {{}}\nhttp {{ access_log off; include {_folder}/labeler.conf; }}\n");
        var (code, said) = await Run("nginx", ["-t", "-c", all, "-e", Path.Combine(_folder, "log")]);
        Assert.True(code == 0, said);
    }

    [ProgramFact("caddy")]
    public async Task Caddy_takes_the_example()
    {
        var (code, said) = await Run("caddy", ["validate", "--adapter", "caddyfile", "--config", Repository.At("deploy", "proxy", "Caddyfile")]);
        Assert.True(code == 0, said);
    }

    [Fact]
    public async Task Scripts_of_slurm_are_sound_and_name_what_the_worker_knows()
    {
        foreach (var script in Directory.GetFiles(Repository.At("deploy", "slurm")))
        {
            Assert.Equal((0, ""), await Run("bash", ["-n", script]));
            var text = await File.ReadAllTextAsync(script);
            Assert.All(["#SBATCH --signal=TERM@", "worker --data ", "--name ", "--device "], part => Assert.Contains(part, text, StringComparison.Ordinal));
        }
    }

    private static async Task<(int Code, string Said)> Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(ProgramFactAttribute.Find(program)!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var (error, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    // An assignment of a unit, of its file of variables (also one that is commented out) or of an image.
    [GeneratedRegex("(?:^|ENV |Environment=|^#| )([A-Za-z0-9]+(?:__[A-Za-z0-9]+)+|DOTNET_[A-Za-z]+|HOME)=", RegexOptions.Multiline)]
    private static partial Regex Given();

    private sealed class ProgramFactAttribute : FactAttribute
    {
        public ProgramFactAttribute(string program)
        {
            if (Find(program) is null)
            {
                Skip = $"{program} is not installed.";
            }
        }

        public static string? Find(string program) => ((string[])[.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin"])
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }
}
