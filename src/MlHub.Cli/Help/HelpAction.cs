using System.CommandLine;
using System.CommandLine.Invocation;

namespace MlHub.Cli;

/// <summary><c>--help</c>.</summary>
internal sealed class HelpAction(CommandEnvironment environment) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write(HelpPage.Of(parseResult.CommandResult.Command, parseResult.RootCommandResult.Command, environment));
        return ExitCode.Success;
    }
}
