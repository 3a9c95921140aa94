using System.CommandLine;

namespace MlHub.Cli;

/// <summary><c>mlhub completion SHELL</c>: prints a script that completes command lines.</summary>
internal static class CompletionCommand
{
    public static Command Create(CommandFactory factory)
    {
        var name = new Argument<string>("SHELL")
        {
            Description = $"The shell: {string.Join(", ", CompletionScripts.Shells)}.",
            CustomParser = Values.OneOf("SHELL", [.. CompletionScripts.Shells.Select(shellName => (shellName, shellName))]),
        };
        var command = new Command("completion", "Print a script that lets a shell complete commands, options, their values and profile names.") { name };
        return factory.WithBody(command, async (run, _) =>
        {
            await run.Output.WriteAsync(CompletionScripts.For(run.Value(name))).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }

    /// <summary>The hidden command that the scripts call at each press of the Tab key. It prints the possible next words, one on each line, and sends no request.</summary>
    public static Command CreateCandidates(CommandFactory factory)
    {
        var word = new Option<string>("--word") { Arity = ArgumentArity.ZeroOrOne };
        var before = new Argument<string[]>("WORD") { Arity = ArgumentArity.ZeroOrMore };
        return factory.WithBody(new Command("complete-words", "Print the words that can come next.") { Hidden = true, Options = { word }, Arguments = { before } }, async (run, _) =>
        {
            var candidates = new Candidates(run.Parsed.RootCommandResult.Command, run.Environment.Home);
            foreach (var candidate in candidates.After(run.Value(before), run.Value(word) ?? ""))
            {
                await run.Output.WriteLineAsync(candidate).ConfigureAwait(false);
            }

            return ExitCode.Success;
        });
    }
}
