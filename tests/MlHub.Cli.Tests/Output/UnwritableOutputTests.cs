namespace MlHub.Cli.Tests;

public sealed class UnwritableOutputTests(SandboxFixture hub) : IClassFixture<SandboxFixture>
{
    [Theory]
    [InlineData("datasets list")]
    [InlineData("datasets show sandbox_crops_kenya --format json")]
    [InlineData("get datasets")]
    [InlineData("--help")]
    [InlineData("--version")]
    public async Task Unwritable_output_is_an_error_of_one_line(string command)
    {
        var closed = await hub.RunAsync(Mlhub.Pipe with { Output = new ClosedPipe(errno: 32) }, command.Split(' '));
        var full = await hub.RunAsync(Mlhub.Pipe with { Output = new ClosedPipe(errno: 28) }, command.Split(' '));

        Assert.Equal("mlhub: standard output was closed by its reader before everything was written", closed.FailedWith(1));
        full.FailedWith(1);
    }

    [UnixTheory]
    [InlineData("datasets list", "> /dev/full", "standard output: no space left on device")]
    [InlineData("datasets list --format json", "> /dev/full", "standard output: no space left on device")]
    [InlineData("--help", "> /dev/full", "standard output: no space left on device")]
    [InlineData("datasets list", ">&-", "standard output is closed")]
    [InlineData("datasets list", ">&4", "standard output was closed by its reader before everything was written")]
    public async Task A_process_that_cannot_write_its_list_ends_with_an_error(string arguments, string redirection, string reason)
    {
        using var directory = new TemporaryDirectory();
        var command = string.Join(' ', MlHubProcess.CommandLine(["--sandbox", .. arguments.Split(' ')]).Select(word => $"'{word}'"));

        // A pipe whose reader was there and is gone.
        var pipe = directory["pipe"];
        using var run = MlHubProcess.Run(["sh", "-c", $"mkfifo '{pipe}'; : < '{pipe}' & exec 4> '{pipe}'; wait; exec {command} {redirection}"]);

        var ended = await run.EndAsync();
        Assert.Equal((1, ""), (ended.Code, ended.Output));
        Assert.Contains(reason, Assert.Single(ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Downloads_continue_after_the_pipe_is_closed_and_the_command_ends_with_an_error()
    {
        using var directory = new TemporaryDirectory();

        var outcome = await hub.RunAsync(
            Mlhub.Pipe with { Output = new ClosedPipe(errno: 32) }, "datasets", "download", SandboxFixture.Dataset, "-o", directory.Path);

        Assert.Contains("the files are downloaded, but their names could not be written", outcome.FailedWith(1), StringComparison.Ordinal);
        Assert.Equal(3, directory.Files.Length);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("jsonl")]
    public async Task Downloads_continue_if_their_names_cannot_be_written_and_the_command_ends_with_an_error(string format)
    {
        using var directory = new TemporaryDirectory();

        var outcome = await hub.RunAsync(
            Mlhub.Pipe with { Output = new ClosedPipe(errno: 28) },
            "archives", "download", "sandbox_crops_kenya_s1", "sandbox_crops_kenya_s2", "-o", directory.Path, "--format", format);

        Assert.Equal("mlhub: the files are downloaded, but their names could not be written: standard output: no space left on device", outcome.FailedWith(1));
        Assert.Equal(2, directory.Files.Length);
    }

    [Fact]
    public async Task If_nothing_was_found_the_exit_code_says_so_even_without_output()
    {
        using var directory = new TemporaryDirectory();

        var outcome = await hub.RunAsync(
            Mlhub.Pipe with { Output = new ClosedPipe(errno: 28) }, "archives", "download", "nope", "no", "-o", directory.Path, "--format", "json");

        Assert.Equal(4, outcome.ExitCode);
    }

    [UnixTheory]
    [InlineData("> /dev/full", "standard output: no space left on device")]
    [InlineData(">&-", "standard output is closed")]
    public async Task A_process_that_cannot_write_its_output_still_downloads(string redirection, string reason)
    {
        using var directory = new TemporaryDirectory();
        var command = string.Join(' ', MlHubProcess.CommandLine("--sandbox", "datasets", "download", SandboxFixture.Dataset, "-o", directory.Path).Select(word => $"'{word}'"));
        using var run = MlHubProcess.Run(["sh", "-c", $"exec {command} {redirection}"]);

        Assert.Equal(
            new MlHubExit(1, "", $"mlhub: the files are downloaded, but their names could not be written: {reason}\n"), await run.EndAsync());
        Assert.Equal(3, directory.Files.Length);
    }

    private sealed class ClosedPipe(int errno) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("It cannot be written to.", errno);

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("It cannot be written to.", errno);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.FromException(new IOException("It cannot be written to.", errno));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException(new IOException("It cannot be written to.", errno));
    }
}
