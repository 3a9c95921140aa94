using System.CommandLine;
using System.CommandLine.Invocation;

namespace MlHub.Cli;

/// <summary>Prints the help of a command, and its examples after it.</summary>
internal sealed class HelpAction : SynchronousCommandLineAction
{
    private readonly System.CommandLine.Help.HelpAction _help = new() { MaxWidth = 100 };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        _help.Invoke(parseResult);
        if (Examples.Of(parseResult.CommandResult.Command) is { } examples)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(examples);
        }

        return ExitCode.Done;
    }
}
