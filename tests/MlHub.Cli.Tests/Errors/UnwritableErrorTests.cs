namespace MlHub.Cli.Tests;

public sealed class UnwritableErrorTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("datasets show nope", 4)]
    [InlineData("datasets show nope --verbose", 4)]
    [InlineData("datasets list --nonsense", 2)]
    public async Task An_error_that_cannot_be_written_keeps_its_exit_code(string command, int exitCode)
    {
        Assert.Equal(exitCode, await RunAsync(command.Split(' ')));
    }

    [Fact]
    public async Task Downloads_continue_if_notes_cannot_be_written()
    {
        string[] download = ["archives", "download", "sandbox_crops_kenya_s1", "sandbox_crops_kenya_s2", "--verbose", "-o", _directory.Path];
        await File.WriteAllBytesAsync(_directory["sandbox_crops_kenya_s1.tar.gz"], new byte[3_000_000]);

        Assert.Equal((0, 0), (await RunAsync(download), await RunAsync(download)));
        Assert.Equal(2, _directory.Files.Length);
    }

    [UnixTheory]
    [InlineData("2> /dev/full")]
    [InlineData("2>&-")]
    public async Task A_process_that_cannot_write_errors_ends_with_its_exit_code(string redirection)
    {
        var command = string.Join(' ', MlHubProcess.CommandLine("datasets", "show", "nope", "--root-url", hub.RootUrl.AbsoluteUri, "--api-key", Mlhub.Key).Select(word => $"'{word}'"));
        using var run = MlHubProcess.Run(["sh", "-c", $"exec {command} {redirection}"]);

        Assert.Equal(new MlHubExit(4, "", ""), await run.EndAsync());
    }

    private Task<int> RunAsync(string[] args) => MlHubCommand.RunAsync(
        [.. args, "--root-url", hub.RootUrl.AbsoluteUri, "--api-key", Mlhub.Key], Mlhub.Pipe with { Error = new FullDisk() }, CancellationToken.None);

    private sealed class FullDisk : TextWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }
}
