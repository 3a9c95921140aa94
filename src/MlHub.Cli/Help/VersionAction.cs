using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace MlHub.Cli;

/// <summary>Prints <c>mlhub</c> and its version.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    /// <summary>The version of the package, without the commit.</summary>
    public static string Version { get; } =
        typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"mlhub {Version}");
        return ExitCode.Success;
    }
}
