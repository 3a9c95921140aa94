namespace MlHub.Cli.Tests;

public sealed class ReaderGoneTests(SandboxFixture hub) : IClassFixture<SandboxFixture>
{
    [Theory]
    [InlineData("datasets list")]
    [InlineData("datasets show sandbox_crops_kenya --format json")]
    [InlineData("get datasets")]
    [InlineData("--help")]
    public async Task A_reader_that_has_had_enough_ends_the_command_quietly(string command)
    {
        var outcome = await hub.RunAsync(Mlhub.Pipe with { Output = new ClosedPipe(errno: 32) }, command.Split(' '));

        Assert.Equal(new Outcome(0, "", ""), outcome);
    }

    [Fact]
    public async Task Downloads_go_on_without_a_reader()
    {
        using var directory = new TemporaryDirectory();

        var outcome = await hub.RunAsync(
            Mlhub.Pipe with { Output = new ClosedPipe(errno: 32) }, "datasets", "download", SandboxFixture.Dataset, "-o", directory.Path);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(3, directory.Files.Length);
    }

    [Fact]
    public async Task A_full_disk_is_an_error()
    {
        var outcome = await hub.RunAsync(Mlhub.Pipe with { Output = new ClosedPipe(errno: 28) }, "datasets", "list");

        outcome.FailedWith(1);
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
