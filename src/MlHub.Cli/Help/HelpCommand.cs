using System.CommandLine;

namespace MlHub.Cli;

/// <summary><c>mlhub help [COMMAND…]</c>.</summary>
internal static class HelpCommand
{
    public static Command Create(CommandFactory factory)
    {
        var words = new Argument<string[]>("COMMAND") { Description = "The words of a command, such as: datasets download. Default: an overview.", Arity = ArgumentArity.ZeroOrMore };
        return factory.WithBody(new Command("help", "Print the help of a command, and exit.") { words }, async (run, _) =>
        {
            var root = run.Parsed.RootCommandResult.Command;
            await run.Output.WriteAsync(HelpPage.Of(Find(root, run.Value(words)), root, run.Environment)).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }

    private static Command Find(Command root, IReadOnlyList<string> words)
    {
        var command = root;
        foreach (var word in words)
        {
            command = command.Subcommands.FirstOrDefault(subcommand => subcommand.Name == word)
                ?? throw new WrongUsageException($"{WrongUsage.UnknownCommand(command, word)} See \"mlhub help\".");
        }

        return command;
    }
}
