using System.Runtime.CompilerServices;
using System.Text;
using MlHub.Sdk;

namespace MlHub.Cli.Tests;

/// <summary>Runs the command in this process, and checks that its output contains no key.</summary>
internal static class Mlhub
{
    /// <summary>The key that tests send. No output may contain it.</summary>
    public const string Key = "k3y-that-must-never-show";

    // A directory that never exists, so that no test reads or writes the profiles of the user.
    private static readonly string NoHome = Path.Combine(Path.GetTempPath(), $"mlhub-no-home-{Guid.NewGuid():N}");

    /// <summary>The environment of a run in a pipe: nothing is a terminal, and retries do not wait.</summary>
    public static CommandEnvironment Pipe { get; } = new()
    {
        Output = Stream.Null,
        Error = TextWriter.Null,
        Input = TextReader.Null,
        Home = NoHome,
        Transfer = new TransferOptions { MaxRetries = 0, RetryBaseDelay = TimeSpan.Zero },
    };

    /// <summary>The environment of a run on a terminal of 100 columns, without colours.</summary>
    public static CommandEnvironment Terminal { get; } = Pipe with { OutputIsTerminal = true, ErrorIsTerminal = true, Width = () => 100 };

    public static Task<Outcome> RunAsync(params string[] args) => RunAsync(Pipe, args);

    public static Task<Outcome> RunAsync(CommandEnvironment environment, params string[] args) =>
        RunAsync(environment, CancellationToken.None, args);

    public static async Task<Outcome> RunAsync(CommandEnvironment environment, CancellationToken cancellationToken, params string[] args)
    {
        using var output = new MemoryStream();
        var error = new StringWriter { NewLine = "\n" };
        var run = environment with
        {
            Output = environment.Output == Stream.Null ? output : environment.Output,
            Error = TextWriter.Synchronized(error),
        };
        var exitCode = await MlHubCommand.RunAsync(args, run, cancellationToken);
        var outcome = new Outcome(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
        Assert.DoesNotContain(Key, outcome.Output + outcome.Error, StringComparison.Ordinal);
        return outcome;
    }

    /// <summary>The variables of the user have no effect on the tests.</summary>
    [ModuleInitializer]
    internal static void ForgetSettings()
    {
        foreach (var name in (string[])["MLHUB_API_KEY", "MLHUB_PROFILE", "MLHUB_HOME", "MLHUB_ROOT_URL", "MLHUB_ALLOW_HTTP"])
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        // The indexes of hub definitions.
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Path.Combine(Path.GetTempPath(), $"mlhub-cache-{Environment.ProcessId}"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Directory.Exists(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")))
            {
                Directory.Delete(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")!, recursive: true);
            }
        };
    }
}
