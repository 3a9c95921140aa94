using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace MlHub.Cli.Tests;

public sealed class DoctorTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task If_every_check_passes_each_line_is_ok_and_the_exit_code_is_0()
    {
        var outcome = (await hub.RunAsync("doctor", "-o", _directory.Path)).Quietly();

        Assert.All(outcome.Lines, line => Assert.StartsWith("ok\t", line, StringComparison.Ordinal));
        foreach (var check in (string[])["root URL", "API key", "DNS", "connect", "API", "clock", "access", "disk", "fsync", "locks", "names"])
        {
            Assert.Contains($"ok\t{check}\t", outcome.Output, StringComparison.Ordinal);
        }

        Assert.Contains("(from --root-url)", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("(from --api-key)", outcome.Output, StringComparison.Ordinal);
        Assert.Empty(_directory.Files);
    }

    [Fact]
    public async Task The_sandbox_passes_every_check()
    {
        (await Mlhub.RunAsync("--sandbox", "doctor", "-o", _directory.Path)).Quietly();
    }

    [Fact]
    public async Task Json_has_every_check()
    {
        var outcome = (await hub.RunAsync("doctor", "-o", _directory.Path, "--format", "json")).Quietly();

        Assert.All(JsonNode.Parse(outcome.Output)!.AsArray(), result => Assert.True((bool)result!["ok"]!));
    }

    [Fact]
    public async Task A_refused_key_fails_the_access_check()
    {
        var outcome = await Mlhub.RunAsync("doctor", "-o", _directory.Path, "--root-url", hub.RootUrl.AbsoluteUri, "--api-key", "wrong-key-of-the-user");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("BAD\taccess\t", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-key-of-the-user", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_come_from_a_profile_or_the_default_and_a_missing_key_says_what_to_do()
    {
        await File.WriteAllTextAsync(_directory["profiles"], $"[mine]\nroot_url = {hub.RootUrl}\n");

        var outcome = await Mlhub.RunAsync(Mlhub.Pipe with { Home = _directory.Path }, "doctor", "--profile", "mine", "-o", _directory.Path);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("ok\tprofile\tmine (from --profile)", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"ok\troot URL\t{hub.RootUrl} (from profile \"mine\")", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("mlhub configure", Assert.Single(outcome.Lines, line => line.StartsWith("BAD\taccess", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_profile_an_unreachable_hub_and_an_unwritable_directory_fail_their_checks()
    {
        await File.WriteAllTextAsync(_directory["profiles"], "[broken");
        var broken = await Mlhub.RunAsync(Mlhub.Pipe with { Home = _directory.Path }, "doctor", "-o", _directory.Path);
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("BAD\tsettings\t", broken.Output, StringComparison.Ordinal);

        // The port is in use but does not listen.
        using var taken = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        taken.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var closed = await Mlhub.RunAsync("doctor", "-o", Path.Combine("/proc", "nothing"), "--root-url", $"http://{taken.LocalEndPoint}/", "--api-key", Mlhub.Key);
        Assert.Equal(1, closed.ExitCode);
        Assert.Contains("BAD\tconnect\t", closed.Output, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("BAD\tfiles\t", closed.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task On_a_narrow_terminal_no_address_and_no_id_is_cut()
    {
        var outcome = (await hub.RunAsync(Mlhub.Terminal with { Width = () => 40 }, "doctor", "-o", _directory.Path)).Quietly();

        Assert.DoesNotContain("…", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(hub.RootUrl.AbsoluteUri, outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "this machine's clock and the hub's show the same time")]
    [InlineData(60, "this machine's clock is 60 s ahead of the hub's")]
    [InlineData(-60, "this machine's clock is 60 s behind the hub's")]
    public async Task A_difference_of_the_clocks_is_counted_from_the_second_that_the_hub_names(int seconds, string detail)
    {
        // The hub names the second of its time, and not the fraction.
        var date = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var answering = AnswerAsync(listener, $"HTTP/1.1 200 OK\r\nDate: {date:R}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]", stop.Token);
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(date.AddSeconds(seconds < 0 ? seconds : seconds + 1));

        var outcome = await Mlhub.RunAsync(
            Mlhub.Pipe with { Clock = clock }, "doctor", "-o", _directory.Path, "--root-url", $"http://{listener.LocalEndpoint}/", "--api-key", Mlhub.Key);
        await stop.CancelAsync();
        await answering;

        Assert.Contains($"ok\tclock\t{detail}", outcome.Lines);
    }

    // Answers every request in the same way. A connection without a request is a check of the port.
    private static async Task AnswerAsync(TcpListener listener, string answer, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync(stop);
                if (await connection.GetStream().ReadAsync(new byte[4096], stop) > 0)
                {
                    await connection.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    [Fact]
    public async Task A_wrong_clock_fails_the_clock_check()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(2));

        var outcome = await hub.RunAsync(Mlhub.Pipe with { Clock = clock }, "doctor", "-o", _directory.Path);

        Assert.Contains("set the clock", Assert.Single(outcome.Lines, line => line.StartsWith("BAD\tclock\t", StringComparison.Ordinal)), StringComparison.Ordinal);
    }
}
