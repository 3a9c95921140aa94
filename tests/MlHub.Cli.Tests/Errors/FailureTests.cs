using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Snapshooter.Xunit;

namespace MlHub.Cli.Tests;

public sealed class FailureTests(SandboxFixture hub) : IClassFixture<SandboxFixture>
{
    [Theory]
    [InlineData("datasets show nope", "mlhub datasets list")]
    [InlineData("datasets show 10.5555/nope", "mlhub datasets list")]
    [InlineData("datasets download nope", "mlhub datasets list")]
    [InlineData("collections show nope", "mlhub collections list")]
    [InlineData("collections show ../datasets", "mlhub collections list")]
    [InlineData("items list nope", "mlhub collections list")]
    [InlineData("items download nope", "mlhub collections list")]
    [InlineData("items download sandbox_crops_kenya_s2 nope", "mlhub items list sandbox_crops_kenya_s2")]
    [InlineData("items show sandbox_crops_kenya_s2 nope", "mlhub items list sandbox_crops_kenya_s2")]
    [InlineData("models show nope", "mlhub models list")]
    [InlineData("archives info nope", "mlhub collections list")]
    [InlineData("archives download nope", "mlhub collections list")]
    [InlineData("catalogs info nope", "mlhub datasets list")]
    [InlineData("catalogs download nope", "mlhub datasets list")]
    [InlineData("get collections/nope", null)]
    public async Task A_missing_entity_ends_with_4_and_the_error_names_the_command_that_lists_them(string command, string? list)
    {
        using var directory = new TemporaryDirectory();
        var words = command.Split(' ');
        var outcome = await hub.RunAsync(words[1] == "download" ? [.. words, "--output", directory.Path] : words);

        var line = outcome.FailedWith(4);
        Assert.Contains("404", line, StringComparison.Ordinal);
        Assert.Equal(list is not null, line.EndsWith($" \"{list}\" lists the existing ones.", StringComparison.Ordinal));
        Assert.DoesNotContain("The server said", line, StringComparison.Ordinal);
        Assert.Empty(directory.Files);
    }

    [Fact]
    public async Task Advice_follows_the_words_of_a_server_as_a_sentence_of_its_own()
    {
        using var fake = new FakeHub().Answers("datasets/crops", """{"detail": "moved to another hub"}""", status: 404);

        var line = (await fake.RunAsync("datasets", "show", "crops")).FailedWith(4);

        Assert.EndsWith(" The server said: moved to another hub. \"mlhub datasets list\" lists the existing ones.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_key_ends_with_3()
    {
        var outcome = await Mlhub.RunAsync("items", "list", "x", "--root-url", hub.RootUrl.AbsoluteUri, "--api-key", "wrong-key-of-the-user");

        Assert.DoesNotContain("wrong-key-of-the-user", outcome.FailedWith(3), StringComparison.Ordinal);
        Snapshot.Match(hub.WithoutPort(outcome.Error), "Failure.refused key");
    }

    [Fact]
    public async Task A_missing_key_ends_with_3_and_the_message_lists_the_places_that_were_searched()
    {
        var outcome = await Mlhub.RunAsync("items", "list", "x", "--root-url", hub.RootUrl.AbsoluteUri);

        Assert.Contains("MLHUB_API_KEY", outcome.FailedWith(3), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("datasets list")]
    [InlineData("datasets show sandbox_crops_kenya")]
    [InlineData("collections list")]
    [InlineData("collections show sandbox_crops_kenya_s2")]
    [InlineData("models list")]
    [InlineData("models show sandbox-crop-classifier-unet-v1")]
    [InlineData("archives info sandbox_crops_kenya_s2")]
    [InlineData("get datasets")]
    public async Task Operations_that_the_description_opens_to_everyone_need_no_key(string command)
    {
        Assert.NotEmpty((await Mlhub.RunAsync([.. command.Split(' '), "--root-url", hub.RootUrl.AbsoluteUri])).Quietly().Output);
    }

    [Fact]
    public async Task A_download_without_a_key_makes_no_file_and_says_how_to_store_a_key()
    {
        using var directory = new TemporaryDirectory();

        var outcome = await Mlhub.RunAsync("archives", "download", "sandbox_crops_kenya_s1", "-o", directory.Path, "--root-url", hub.RootUrl.AbsoluteUri);

        Assert.Contains("mlhub configure", outcome.FailedWith(3), StringComparison.Ordinal);
        Assert.Empty(directory.Files);
    }

    [Fact]
    public async Task A_refused_key_ends_several_downloads_immediately()
    {
        using var directory = new TemporaryDirectory();

        var outcome = await Mlhub.RunAsync(
            "archives", "download", "sandbox_crops_kenya_s1", "sandbox_crops_kenya_s2", "-o", directory.Path, "--root-url", hub.RootUrl.AbsoluteUri, "--api-key", "wrong");

        outcome.FailedWith(3);
        Assert.Empty(directory.Files);
    }

    [Theory]
    [InlineData(403, 3)]
    [InlineData(400, 1)]
    [InlineData(500, 1)]
    [InlineData(503, 1)]
    public async Task Other_refusals_have_their_exit_code_and_show_the_message_of_the_server_in_one_safe_line(int status, int exitCode)
    {
        using var fake = new FakeHub().Answers("datasets", "{\"detail\":\"no\\n[bold]\\u001b[31mway\\u0007\\u202e\"}", status);

        var line = (await fake.RunAsync("datasets", "list")).FailedWith(exitCode);

        Assert.Contains("[bold]", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, character => char.IsControl(character) || character == '\u202e');
    }

    [Fact]
    public async Task A_key_that_the_server_repeats_is_not_shown()
    {
        using var fake = new FakeHub().Answers("datasets", $"{{\"detail\":\"the key {Mlhub.Key} is bad\"}}", status: 401);

        (await fake.RunAsync("datasets", "list")).FailedWith(3);
        var verbose = await fake.RunAsync("datasets", "list", "--verbose");

        Assert.Equal(3, verbose.ExitCode);
        Assert.Contains("MlHubAuthenticationException", verbose.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>It works!</html>")]
    [InlineData("{\"not\": \"a list\"}")]
    [InlineData("")]
    public async Task An_invalid_response_ends_with_1(string body)
    {
        using var fake = new FakeHub().Answers("datasets", body);

        (await fake.RunAsync("datasets", "list", "--format", "json")).FailedWith(1);
    }

    [Fact]
    public async Task An_unreachable_server_ends_with_1()
    {
        // The port is in use but does not listen, so no other server can use it meanwhile.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        (await Mlhub.RunAsync("datasets", "list", "--root-url", $"http://{taken.LocalEndPoint}/v1", "--api-key", Mlhub.Key)).FailedWith(1);
    }

    [Fact]
    public async Task A_list_that_fails_midway_does_not_look_complete()
    {
        using var fake = new FakeHub();
        fake.Answers("collections", $$"""{"collections":[{"id":"one"}],"links":[{"rel":"next","href":"{{fake.RootUrl}}page2"}]}""");
        fake.Answers("page2", "oops", status: 500);

        var outcome = await fake.RunAsync("collections", "list", "--format", "json");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Single(outcome.ErrorLines);
        Assert.Contains("\"one\"", outcome.Output, StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(outcome.Output));
    }

    [Fact]
    public async Task Retries_are_reported_only_with_verbose()
    {
        using var fake = new FakeHub().Answers("datasets", "busy", status: 503);
        var patient = Mlhub.Pipe with { Transfer = new Sdk.TransferOptions { MaxRetries = 2, RetryBaseDelay = TimeSpan.Zero } };

        (await fake.RunAsync(patient, "datasets", "list")).FailedWith(1);
        var verbose = await fake.RunAsync(patient, "datasets", "list", "--verbose");

        Assert.Contains("1 of 2", verbose.Error, StringComparison.Ordinal);
        Assert.Contains("2 of 2", verbose.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_command_ends_with_130()
    {
        using var interrupted = new CancellationTokenSource();
        await interrupted.CancelAsync();

        var outcome = await Mlhub.RunAsync(
            Mlhub.Pipe, interrupted.Token, "datasets", "list", "--root-url", hub.RootUrl.AbsoluteUri, "--api-key", Mlhub.Key);

        Assert.Equal("mlhub: interrupted", outcome.FailedWith(130));
    }
}
