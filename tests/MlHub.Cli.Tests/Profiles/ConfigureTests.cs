using MlHub.Server;

namespace MlHub.Cli.Tests;

public sealed class ConfigureTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Home => _directory["new/home"];

    private string ProfilesFile => Path.Combine(Home, "profiles");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Configure_asks_for_the_key_and_stores_it_so_that_only_its_owner_can_read_it()
    {
        var outcome = await RunAsync(OnTerminal(Mlhub.Key), "configure");

        Assert.Equal((0, $"Wrote profile \"default\" to {ProfilesFile}\n"), (outcome.ExitCode, outcome.Output));
        Assert.Equal("\n", outcome.Error);
        Assert.Contains($"api_key = {Mlhub.Key}", await File.ReadAllTextAsync(ProfilesFile), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ProfilesFile));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Home));
        }
    }

    [Fact]
    public async Task An_existing_key_is_overwritten_only_after_confirmation()
    {
        await RunAsync(OnTerminal(Mlhub.Key), "configure");
        var before = await File.ReadAllTextAsync(ProfilesFile);

        var refused = await RunAsync(OnTerminal("another-key-123456", answers: "\n"), "configure");
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal("\nOverwrite existing API Key (****r-show) [y/N]: mlhub: nothing was changed: the answer was not yes.\n", refused.Error);
        Assert.Equal(before, await File.ReadAllTextAsync(ProfilesFile));

        Assert.Equal(0, (await RunAsync(OnTerminal("another-key-123456", answers: "y\n"), "configure")).ExitCode);
        Assert.Contains("another-key-123456", await File.ReadAllTextAsync(ProfilesFile), StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync(Mlhub.Pipe, "configure", "--api-key", Mlhub.Key, "--yes")).ExitCode);
        Assert.Equal(before, await File.ReadAllTextAsync(ProfilesFile));
    }

    [Fact]
    public async Task Without_a_terminal_the_key_is_the_first_line_of_standard_input_and_nothing_else_is_read()
    {
        var input = new StringReader($"{Mlhub.Key}\nthe next command's line\n");
        (await RunAsync(Mlhub.Pipe with { Input = input }, "configure")).Quietly();

        var refused = await RunAsync(Piped("another-key-123456\ny\n"), "configure");
        var before = await File.ReadAllTextAsync(ProfilesFile);
        (await RunAsync(Piped("another-key-123456"), "configure", "--yes")).Quietly();

        Assert.Equal("the next command's line", await input.ReadLineAsync());
        Assert.Contains("add --yes to overwrite it", refused.FailedWith(1), StringComparison.Ordinal);
        Assert.Contains(Mlhub.Key, before, StringComparison.Ordinal);
        Assert.Contains("another-key-123456", await File.ReadAllTextAsync(ProfilesFile), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\uFEFF{0}\r\n")]
    [InlineData("  {0}\t\n")]
    [InlineData("{0}\u200b")]
    public async Task Characters_that_a_shell_or_an_editor_adds_are_not_part_of_the_key(string line)
    {
        (await RunAsync(Piped(line.Replace("{0}", Mlhub.Key, StringComparison.Ordinal)), "configure")).Quietly();

        Assert.Equal($"[default]\napi_key = {Mlhub.Key}\n", await File.ReadAllTextAsync(ProfilesFile));
    }

    [Theory]
    [InlineData("k3y\0\0", "control character")]
    [InlineData("\uFFFD\uFFFDk\03\0y\0", "not UTF-8 text")]
    [InlineData("one\rtwo", "several lines")]
    [InlineData("\uFEFF", "empty")]
    public async Task A_line_that_cannot_be_a_key_is_refused(string line, string why)
    {
        Assert.Contains(why, (await RunAsync(Piped(line), "configure")).FailedWith(1), StringComparison.Ordinal);
        Assert.False(File.Exists(ProfilesFile));
    }

    [Fact]
    public async Task A_line_without_an_end_is_an_error()
    {
        var outcome = await RunAsync(Mlhub.Pipe with { Input = new Endless() }, "configure");

        Assert.Contains("more than 2048 characters", outcome.FailedWith(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profiles_file_that_is_not_a_file_is_an_error_before_any_prompt()
    {
        Directory.CreateDirectory(ProfilesFile);

        var outcome = await RunAsync(OnTerminal(Mlhub.Key), "configure");

        Assert.Equal($"mlhub: the profiles file {ProfilesFile} cannot be read: '{ProfilesFile}' is a directory, and not a file.\n", outcome.Error);
        Assert.Equal(1, outcome.ExitCode);
    }

    [Fact]
    public async Task Without_a_terminal_and_a_key_the_error_says_how_to_give_one()
    {
        Assert.Contains("--api-key", (await RunAsync(Mlhub.Pipe, "configure")).FailedWith(2), StringComparison.Ordinal);
        Assert.Equal(
            "mlhub: the first line of standard input is empty. Nothing was written; write the API key to it, or use --api-key.",
            (await RunAsync(Piped("\n"), "configure")).FailedWith(2));
        Assert.EndsWith("run the command again, or add --root-url to store only a root URL.\n", (await RunAsync(OnTerminal(""), "configure")).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ProfilesFile));
    }

    [Fact]
    public async Task Profiles_are_listed_with_the_last_characters_of_their_keys_and_can_be_used()
    {
        await using var server = await DescribedServer.StartAsync(new MlHubServerOptions { ApiKeys = [Mlhub.Key] });
        await RunAsync(Mlhub.Pipe, "configure", "--api-key", Mlhub.Key, "--profile", "local", "--root-url", server.RootUrl.AbsoluteUri.TrimEnd('/'));
        await RunAsync(Mlhub.Pipe, "configure", "--profile", "rooted", "--root-url", "https://example.org/v1/", "--api-key", "abcdefghijklmnop");

        var table = await RunAsync(Mlhub.Pipe, "profiles", "list");
        var json = await RunAsync(Mlhub.Pipe, "profiles", "list", "--format", "jsonl");
        var items = await RunAsync(Mlhub.Pipe, "items", "list", "sandbox_crops_kenya_s2", "--profile", "local", "--limit", "1");

        Assert.Equal($"local\t****r-show\t{server.RootUrl}\nrooted\t****mnop\thttps://example.org/v1/\n", table.Quietly().Output);
        Assert.Equal("""{"name":"rooted","apiKey":"****mnop","rootUrl":"https://example.org/v1/"}""", json.Quietly().Lines[1]);
        Assert.Single(items.Quietly().Lines);
    }

    [Fact]
    public async Task An_empty_answer_stores_only_the_root_URL_and_keeps_the_key()
    {
        await RunAsync(Mlhub.Pipe, "configure", "--api-key", Mlhub.Key);

        (await RunAsync(Piped("\n"), "configure", "--root-url", "https://example.org/v1")).Quietly();

        Assert.Equal("default\t****r-show\thttps://example.org/v1/\n", (await RunAsync(Mlhub.Pipe, "profiles", "list")).Quietly().Output);
    }

    [Fact]
    public async Task Without_profiles_the_list_is_empty_and_a_note_says_why()
    {
        var outcome = await RunAsync(Mlhub.Pipe, "profiles", "list", "--format", "json");

        Assert.Equal((0, "[]\n"), (outcome.ExitCode, outcome.Output));
        Assert.Contains("mlhub configure", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    private static CommandEnvironment OnTerminal(string key, string answers = "") =>
        Mlhub.Terminal with { Input = new StringReader(answers), AskSecretAsync = (_, _) => Task.FromResult(key) };

    private static CommandEnvironment Piped(string input) => Mlhub.Pipe with { Input = new StringReader(input) };

    private Task<Outcome> RunAsync(CommandEnvironment environment, params string[] args) => Mlhub.RunAsync(environment with { Home = Home }, args);

    /// <summary>A device that never ends a line.</summary>
    private sealed class Endless : TextReader
    {
        public override int Read() => 'k';
    }
}
