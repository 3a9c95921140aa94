using Snapshooter.Xunit;

namespace MlHub.Cli.Tests;

public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("configure")]
    [InlineData("profiles list")]
    [InlineData("datasets")]
    [InlineData("datasets list")]
    [InlineData("datasets show")]
    [InlineData("datasets download")]
    [InlineData("collections")]
    [InlineData("collections list")]
    [InlineData("collections show")]
    [InlineData("collections download")]
    [InlineData("items list")]
    [InlineData("items show")]
    [InlineData("items download")]
    [InlineData("models list")]
    [InlineData("models show")]
    [InlineData("models download")]
    [InlineData("archives info")]
    [InlineData("archives download")]
    [InlineData("catalogs info")]
    [InlineData("catalogs download")]
    [InlineData("get")]
    [InlineData("download")]
    [InlineData("verify")]
    [InlineData("serve")]
    public async Task Every_command_explains_itself(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var outcome = await Mlhub.RunAsync([.. words, "--help"]);

        Snapshot.Match(outcome.Quietly().Output, $"Help.mlhub {command}".TrimEnd());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    public async Task Help_needs_neither_key_nor_arguments(string option)
    {
        var outcome = await Mlhub.RunAsync("items", option, "show");

        Assert.Contains("COLLECTION", outcome.Quietly().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_one_line_wherever_it_is_asked_for()
    {
        Assert.Equal("mlhub 0.1.0\n", (await Mlhub.RunAsync("--version")).Quietly().Output);
        Assert.Equal("mlhub 0.1.0\n", (await Mlhub.RunAsync("datasets", "show", "--version")).Quietly().Output);
    }
}
