using System.CommandLine;

namespace MlHub.Cli;

/// <summary><c>mlhub completion SHELL</c>: prints a script that completes command lines.</summary>
internal static class CompletionCommand
{
    public static Command Create(CommandShell shell)
    {
        var name = new Argument<string>("SHELL")
        {
            Description = $"The shell: {string.Join(", ", CompletionScripts.Shells)}.",
            CustomParser = Values.OneOf("SHELL", [.. CompletionScripts.Shells.Select(shellName => (shellName, shellName))]),
        };
        var command = new Command("completion", "Print a script that lets a shell complete commands, options, their values and profile names.") { name };
        return shell.Runs(command, async (run, _) =>
        {
            await run.Output.WriteAsync(CompletionScripts.For(run.Value(name))).ConfigureAwait(false);
            return ExitCode.Done;
        });
    }

    /// <summary>What the scripts call at each press of the Tab key: the possible next words, one on each line. No server is asked.</summary>
    public static Command CreateCandidates(CommandShell shell)
    {
        var word = new Option<string>("--word") { Arity = ArgumentArity.ZeroOrOne };
        var before = new Argument<string[]>("WORD") { Arity = ArgumentArity.ZeroOrMore };
        return shell.Runs(new Command("complete-words", "Print the words that can come next.") { Hidden = true, Options = { word }, Arguments = { before } }, async (run, _) =>
        {
            var candidates = new Candidates(run.Parsed.RootCommandResult.Command, run.Environment.Home);
            foreach (var candidate in candidates.After(run.Value(before), run.Value(word) ?? ""))
            {
                await run.Output.WriteLineAsync(candidate).ConfigureAwait(false);
            }

            return ExitCode.Done;
        });
    }
}
