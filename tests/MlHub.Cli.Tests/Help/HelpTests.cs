using Snapshooter.Xunit;

namespace MlHub.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("configure")]
    [InlineData("datasets download")]
    public async Task Help_has_arguments_options_and_examples(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var outcome = await Mlhub.RunAsync([.. words, "--help"]);

        Snapshot.Match(outcome.Quietly().Output, $"Help.mlhub {command}".TrimEnd());
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
        Assert.Equal("mlhub 0.1.0\n", (await Mlhub.RunAsync("--version")).Quietly().Output);
        Assert.Equal("mlhub 0.1.0\n", (await Mlhub.RunAsync("datasets", "show", "--version")).Quietly().Output);
    }
}
