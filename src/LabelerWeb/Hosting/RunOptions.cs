using System.CommandLine;
using System.Net;

namespace Labeler.Web.Hosting;

/// <param name="Host">Address to listen on; 127.0.0.1 unless asked otherwise, so that nobody outside reaches it by accident.</param>
/// <param name="Port">Port to listen on; 0 lets the system choose a free one, which is then printed.</param>
public sealed record RunOptions(IPAddress Host, int Port, string Data)
{
    /// <summary>The options, or the exit code where the command line asks for help or is wrong (which is then already said).</summary>
    public static (RunOptions? Options, int ExitCode) Parse(string[] args)
    {
        var port = new Option<int>("--port") { Description = "Port to listen on; 0 chooses a free one", DefaultValueFactory = _ => 5080 };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535)
            {
                result.AddError("--port must be between 0 and 65535");
            }
        });
        var host = new Option<IPAddress>("--host")
        {
            Description = "Address to listen on; 0.0.0.0 for every one (put a reverse proxy with https in front)",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = result =>
            {
                if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
                {
                    return address;
                }
                result.AddError($"--host must be an address such as 127.0.0.1 or 0.0.0.0, not '{result.Tokens[0].Value}'");
                return null;
            },
        };
        var data = new Option<string>("--data") { Description = "Folder for everything that is kept", DefaultValueFactory = _ => "data" };
        var command = new RootCommand(
            "Starts the web application and its trainer. "
            + "Settings of appsettings.json can be given too, as --Web:PublicAddress=https://label.example.org") { port, host, data };
        // Settings of the host that a test host or an administrator may pass; the configuration reads them. With a setting of a section a
        // test host passes the section's name, too.
        foreach (var name in new[] { "--environment", "--contentRoot", "--applicationName", "--ConnectionStrings" })
        {
            command.Options.Add(new Option<string>(name) { Hidden = true, Arity = ArgumentArity.ZeroOrOne });
        }

        var result = command.Parse([.. args.Where(a => !IsSetting(a))]);
        if (result.Errors.Count > 0 || result.Action is not null)
        {
            return (null, result.Invoke());
        }
        return (new RunOptions(result.GetValue(host)!, result.GetValue(port), Path.GetFullPath(result.GetValue(data)!)), 0);
    }

    private static bool IsSetting(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) && argument.Split('=')[0].Contains(':', StringComparison.Ordinal);
}
