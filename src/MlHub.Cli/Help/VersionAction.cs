using System.CommandLine;
using System.CommandLine.Invocation;

namespace MlHub.Cli;

/// <summary>Prints <c>mlhub</c> and its version.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public static string Version { get; } = typeof(VersionAction).Assembly.GetName().Version!.ToString(3);

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"mlhub {Version}");
        return ExitCode.Done;
    }
}
