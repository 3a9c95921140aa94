namespace MlHub.Cli.Tests;

public sealed class CandidatesTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("", "dat", "datasets")]
    [InlineData("", "complete", "")]
    [InlineData("datasets", "", "list show download")]
    [InlineData("--quiet --api-key list datasets", "sh", "show")]
    [InlineData("datasets download x", "--if", "--if-exists --if-locked")]
    [InlineData("datasets download x --if-exists", "", "resume skip overwrite verify")]
    [InlineData("datasets download x", "--if-exists=s", "--if-exists=skip")]
    [InlineData("datasets list --format", "=", "table json jsonl")]
    [InlineData("datasets list --format =", "jsonl", "jsonl")]
    [InlineData("datasets list --profile", "p", "project1 project2")]
    [InlineData("datasets download x --output", "da", ":directories")]
    [InlineData("verify", "da", ":files")]
    [InlineData("verify", "--api", "")]
    [InlineData("completion", "", "bash zsh fish pwsh")]
    [InlineData("help items", "d", "download")]
    [InlineData("datasets show", "x", "")]
    public async Task The_next_word_is_a_command_an_option_or_a_value(string before, string word, string expected)
    {
        await File.WriteAllTextAsync(_home["profiles"], "[project1]\napi_key = a\n[project2]\napi_key = b\n[p $(reboot)]\napi_key = c\n");

        var outcome = await Mlhub.RunAsync(Mlhub.Pipe with { Home = _home.Path }, ["complete-words", $"--word={word}", "--", .. before.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), outcome.Quietly().Lines.Select(line => line.Split('\t')[0]));
    }

    [Fact]
    public async Task A_broken_profiles_file_is_no_error()
    {
        await File.WriteAllTextAsync(_home["profiles"], "[broken");

        var outcome = await Mlhub.RunAsync(Mlhub.Pipe with { Home = _home.Path }, "complete-words", "--word=", "--", "--profile");

        Assert.Equal("__anonymous__\n", outcome.Quietly().Output);
    }
}
