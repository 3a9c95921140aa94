using Snapshooter.Xunit;

namespace MlHub.Cli.Tests;

public sealed class WrongUsageTests
{
    // Wrong command lines. The snapshot has their error messages.
    private static readonly string[] Nonsense =
    [
        "--quiet",
        "datasets",
        "nonsense",
        "datasets nonsense",
        "dataset list",
        "datasets lsit",
        "help dataset",
        "datasets list --fromat json",
        "datasets list --Format json",
        "verify f --profil x",
        "datasets list --quiet=maybe",
        "datasets list --format",
        "completion",
        "completion tcsh",
        "--nonsense",
        "datasets list --nonsense",
        "datasets show one --nonsense",
        "datasets show --nonsense one",
        "datasets show one -- --two",
        "items show one --nonsense",
        "archives download x --nonsense",
        "archives download x -n",
        "download http://127.0.0.1/file --retries 5",
        "verify f --nonsense",
        "verify f --nonsense -- --g",
        "get --nonsense",
        "datasets show",
        "datasets show one two",
        "datasets show ''",
        "datasets list --tag",
        "datasets list --tag ''",
        "datasets list --format xml",
        "datasets list --format json --format table",
        "datasets list --quiet --verbose",
        "datasets list --api-key a --api-key b",
        "datasets list --root-url ftp://example.org/",
        "datasets list --root-url nonsense",
        "datasets list --sandbox --api-key a",
        "datasets list --sandbox --profile a",
        "datasets list --sandbox --root-url http://127.0.0.1/",
        "datasets download",
        "datasets download x --if-exists maybe",
        "datasets download x --connections 0",
        "datasets download x --connections 65",
        "datasets download x --connections many",
        "datasets download x --output ''",
        "items list",
        "items list x --limit -1",
        "items list x --limit ten",
        "items list x --limit 99999999999",
        "items list x --limit 1 --all",
        "items list x --page-size 0",
        "items list x --bbox 1,2,3",
        "items list x --bbox 0,10,1,5",
        "items list x --bbox west,0,1,1",
        "items list x --datetime yesterday",
        "items list x --datetime 2020-01-02/2020-01-01",
        "get",
        "get http://",
        "download",
        "download example.org/file",
        "download ftp://example.org/file",
        "download http://127.0.0.1/file example.org/file http://127.0.0.1/file",
        "download http://127.0.0.1/file --digest nonsense",
        "download http://127.0.0.1/file --digest md5:00",
        "download http://127.0.0.1/file --digest md5:d41d8cd98f00b204e9800998ecf8427x",
        "download http://127.0.0.1/file --digest whirlpool:00",
        "download http://127.0.0.1/file --file-name ../x",
        "download http://127.0.0.1/a http://127.0.0.1/b --digest md5:d41d8cd98f00b204e9800998ecf8427e",
        "download http://127.0.0.1/a --sandbox",
        "download http://127.0.0.1/a --profile a",
        "verify",
        "verify a --api-key a",
        "profiles list --root-url http://127.0.0.1/",
        "serve --sandbox",
        "verify a b --digest md5:d41d8cd98f00b204e9800998ecf8427e",
        "verify a --digest md5:d41d8cd98f00b204e9800998ecf8427e --digest md5:00000000000000000000000000000000",
        "serve --port 70000",
        "serve --profile a",
        "serve --api-key ''",
        "configure --sandbox",
        "configure --api-key ''",
        "configure",
    ];

    [Fact]
    public async Task A_usage_error_is_one_line_that_says_what_to_do_and_ends_with_2()
    {
        var said = new List<string>();
        foreach (var line in Nonsense)
        {
            var outcome = await Mlhub.RunAsync([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "''" ? "" : word)]);
            said.Add($"$ mlhub {line}\n{outcome.FailedWith(2)}");
        }

        Snapshot.Match(string.Join("\n\n", said) + "\n", "WrongUsage");
    }

    [Fact]
    public async Task A_key_after_a_misspelt_option_is_not_repeated()
    {
        foreach (var misspelt in (string[][])[["--api-kye", Mlhub.Key, "datasets", "list"], ["datasets", "list", $"--api-kye={Mlhub.Key}"], ["datasets", "show", $"--api-kye={Mlhub.Key}"]])
        {
            var outcome = await Mlhub.RunAsync(misspelt);

            Assert.Contains("--api-kye", outcome.FailedWith(2), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--root-url must not contain a user name or password: an MLHub accepts only an API key.", "--root-url", "http://user:word@127.0.0.1/")]
    [InlineData("--root-url must not contain a query or a fragment (\"?\" or \"#\"). Set the API key separately.", "--root-url", "http://127.0.0.1/?a=b")]
    [InlineData("--api-key cannot be used: it has several lines. Copy the key again.", "--api-key", "line one\nline two")]
    public async Task A_value_that_the_library_refuses_is_named_as_on_the_command_line(string message, string option, string value)
    {
        var outcome = await Mlhub.RunAsync("datasets", "list", option, value);
        var doctor = await Mlhub.RunAsync("doctor", option, value);

        Assert.Equal($"mlhub: {message}", outcome.FailedWith(2));
        Assert.Contains($"BAD\tsettings\t{message}", doctor.Lines);
    }

    [Fact]
    public async Task A_key_that_is_not_sent_over_plain_http_is_a_warning_without_names_of_the_library()
    {
        var outcome = await Mlhub.RunAsync("datasets", "list", "--root-url", "http://host.invalid/", "--api-key", Mlhub.Key);

        Assert.Contains("use https, or allow it inside a network that you trust: allow_http = true in the profile, or MLHUB_ALLOW_HTTP=1.", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify -- --f -f")]
    [InlineData("verify ./--f -")]
    public async Task A_name_that_begins_with_a_dash_can_follow_two_dashes_or_a_path(string command)
    {
        var outcome = await Mlhub.RunAsync(command.Split(' '));

        Assert.Equal((4, 2), (outcome.ExitCode, outcome.Lines.Count(line => line.StartsWith("missing\t", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Help_is_printed_even_if_the_rest_of_the_command_line_is_wrong()
    {
        Assert.Contains("mlhub verify", (await Mlhub.RunAsync("verify", "f", "--nonsense", "--help")).Quietly().Output, StringComparison.Ordinal);
    }
}
