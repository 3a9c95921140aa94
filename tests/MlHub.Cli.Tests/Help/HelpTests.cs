using Snapshooter.Xunit;

namespace MlHub.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("configure")]
    [InlineData("datasets")]
    [InlineData("datasets download")]
    [InlineData("verify")]
    public async Task Help_has_arguments_options_and_examples(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var outcome = await Mlhub.RunAsync([.. words, "--help"]);

        Snapshot.Match(outcome.Quietly().Output, $"Help.mlhub {command}".TrimEnd());
    }

    [Fact]
    public async Task Without_arguments_the_help_is_printed()
    {
        var help = (await Mlhub.RunAsync("--help")).Quietly();

        Assert.Equal(help, await Mlhub.RunAsync());
        Assert.Equal(help, await Mlhub.RunAsync("help"));
        Assert.Equal(await Mlhub.RunAsync("datasets", "download", "--help"), await Mlhub.RunAsync("help", "datasets", "download"));
    }

    [Fact]
    public async Task The_help_of_every_command_fits_a_terminal_and_offers_only_what_the_command_accepts()
    {
        foreach (var command in All(MlHubCommand.Root(new CommandFactory(Mlhub.Pipe)), []))
        {
            var text = (await Mlhub.RunAsync(Mlhub.Terminal with { Width = () => 80 }, [.. command, "--help"])).Quietly().Output;

            var untilExamples = text.Split("\nExamples:")[0].Split('\n');
            Assert.All(untilExamples.TakeWhile(line => line != "Help:"), line => Assert.InRange(line.Length, 0, 80));
            var usesHub = command is [] or ["get"] or ["configure"] or ["doctor"] or ["mirror"] || command is [not ("profiles" or "keys"), _];
            Assert.Equal(usesHub, text.Contains("\n  --root-url URL", StringComparison.Ordinal));
        }

        static IEnumerable<string[]> All(System.CommandLine.Command command, string[] path) =>
            [path, .. command.Subcommands.Where(subcommand => !subcommand.Hidden).SelectMany(subcommand => All(subcommand, [.. path, subcommand.Name]))];
    }

    /// <summary>The page shows the text of every command's help.</summary>
    [Fact]
    public async Task The_command_reference_has_every_command_argument_and_option()
    {
        var page = Path.Combine(AppContext.BaseDirectory, "../../../../../docs/commands.md");
        var text = await File.ReadAllTextAsync(page);
        var expected = text[..(text.IndexOf(CommandReference.Mark, StringComparison.Ordinal) + CommandReference.Mark.Length)] + CommandReference.Write();
        var mismatch = Path.Combine(AppContext.BaseDirectory, "../../../Help/__snapshots__/__mismatch__/commands.md");
        if (text != expected)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(mismatch)!);
            await File.WriteAllTextAsync(mismatch, expected);
        }

        Assert.True(text == expected, $"docs/commands.md is out of date: copy {Path.GetFullPath(mismatch)} over it.");
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    public async Task Help_needs_no_key_and_no_arguments(string option)
    {
        var outcome = await Mlhub.RunAsync("items", option, "show");

        Assert.Contains("COLLECTION", outcome.Quietly().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_one_line_for_every_command()
    {
        var output = (await Mlhub.RunAsync("--version")).Quietly().Output;

        Assert.Matches(@"^mlhub \d+\.\d+\.\d+(-[0-9a-z.]+)?\n\z", output);
        Assert.Equal(output, (await Mlhub.RunAsync("datasets", "show", "--version")).Quietly().Output);
    }
}
