using System.Runtime.InteropServices;

namespace MlHub.Cli.Tests;

/// <summary>Ctrl-C, SIGHUP, SIGQUIT and SIGTERM, whatever the command is about: it ends at once, says how, and leaves what the next run goes on from.</summary>
public sealed class InterruptionTests : SurvivalTest
{
    private const int Size = 16_000_000;

    // So slow that little lies in the buffers of connections: what does is lost, and counts as fetched.
    private const double BytesPerSecond = 50e6;
    private const int Little = Size / 20;

    // On a machine that has much else to do; and far less than all that is waited for here.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(20);

    [UnixTheory]
    [InlineData(PosixSignal.SIGHUP, 129)]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGQUIT, 131)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task A_download_interrupted_before_the_response_leaves_no_files(PosixSignal signal, int code)
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond) { Instead = Never };
        using var run = MlHubProcess.Download(server.Url, Output);
        await server.RequestedAsync(1);

        var exit = await EndAsync(run, signal, code);

        Assert.StartsWith("run the same command again\n", exit.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [UnixTheory]
    [InlineData(PosixSignal.SIGHUP, 129)]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGQUIT, 131)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task A_download_interrupted_in_the_middle_resumes_there(PosixSignal signal, int code)
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var run = MlHubProcess.Download(server.Url, Output);
        await server.ServedAsync(Size / 2);

        var exit = await EndAsync(run, signal, code);

        Assert.StartsWith("run the same command again to resume\n", exit.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(LockFile));
        await GoOnAsync(server, (Size / 2) + Little);
    }

    [UnixTheory]
    [InlineData(PosixSignal.SIGHUP, 129)]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGQUIT, 131)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task A_download_interrupted_before_a_retry_ends_immediately(PosixSignal signal, int code)
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.Instead = (number, _, _) => Task.FromResult(number == 1 ? "HTTP/1.1 503 Overloaded\r\nRetry-After: 50\r\n" : null);
        using var run = MlHubProcess.Download(server.Url, Output, "--verbose");
        await run.SaysAsync("Trying again in 50.0 s");

        await EndAsync(run, signal, code);

        await GoOnAsync(server, Size + Little);
    }

    [UnixTheory]
    [InlineData(PosixSignal.SIGHUP, 129)]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGQUIT, 131)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task A_download_interrupted_while_waiting_for_another_process_does_not_disturb_it(PosixSignal signal, int code)
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var first = MlHubProcess.Download(server.Url, Output);
        await server.ServedAsync(Size / 2);
        using var second = MlHubProcess.Download(server.Url, Output);
        await second.SaysAsync($"waiting for process {first.Id}");

        await EndAsync(second, signal, code);

        server.LimitTo(long.MaxValue);
        Assert.Equal(0, (await first.EndAsync()).Code);
        AssertWhole(server);
    }

    [UnixFact]
    public async Task A_second_SIGHUP_does_not_prevent_an_orderly_exit()
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var run = MlHubProcess.Download(server.Url, Output);
        await server.ServedAsync(Size / 2);

        run.Signal(PosixSignal.SIGHUP);
        await EndAsync(run, PosixSignal.SIGHUP, 129);

        Assert.False(File.Exists(LockFile));
        await GoOnAsync(server, (Size / 2) + Little);
    }

    [UnixFact]
    public async Task A_command_started_with_nohup_continues_when_its_terminal_is_closed()
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var run = MlHubProcess.Run(["nohup", .. MlHubProcess.CommandLine("download", server.Url.AbsoluteUri, "--output", Output, "--no-fsync")]);
        await server.ServedAsync(Size / 2);

        run.Signal(PosixSignal.SIGHUP);
        server.LimitTo(long.MaxValue);
        var exit = await run.EndAsync();

        Assert.True(exit.Code == 0, exit.Error);
        AssertWhole(server);
        AssertAlone();
    }

    [UnixFact]
    public async Task A_command_started_with_nohup_still_obeys_other_signals()
    {
        await using var server = new MeteredServer(Bytes(Size), BytesPerSecond);
        server.LimitTo(Size / 2);
        using var run = MlHubProcess.Run(["nohup", .. MlHubProcess.CommandLine("download", server.Url.AbsoluteUri, "--output", Output, "--no-fsync")]);
        await server.ServedAsync(Size / 2);

        run.Signal(PosixSignal.SIGHUP);
        await EndAsync(run, PosixSignal.SIGTERM, 143);

        Assert.False(File.Exists(LockFile));
    }

    private static async Task<string?> Never(int number, string? range, CancellationToken over)
    {
        await Task.Delay(Timeout.Infinite, over);
        return null;
    }

    private async Task<MlHubExit> EndAsync(MlHubProcess run, PosixSignal signal, int code)
    {
        run.Signal(signal);
        var exit = await run.EndAsync().WaitAsync(AtOnce);

        Assert.Equal(code, exit.Code);
        Assert.Empty(exit.Output);
        Assert.EndsWith("mlhub: interrupted\n", exit.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Final));
        return exit;
    }

    private async Task GoOnAsync(MeteredServer server, int mostFetched)
    {
        var before = server.Served;
        server.LimitTo(long.MaxValue);
        using var run = MlHubProcess.Download(server.Url, Output);
        var exit = await run.EndAsync();

        Assert.True(exit.Code == 0, exit.Error);
        Assert.InRange(server.Served - before, 1, mostFetched);
        AssertWhole(server);
        AssertAlone();
    }
}
