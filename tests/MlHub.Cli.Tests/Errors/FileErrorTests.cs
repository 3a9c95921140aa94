namespace MlHub.Cli.Tests;

public sealed class FileErrorTests(SandboxFixture hub) : IClassFixture<SandboxFixture>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [UnixTheory]
    [InlineData("archives download sandbox_crops_kenya_s1 -o /proc/x", "the directory '/proc/x' cannot be written (no new file can be made there): choose another one with --output.")]
    [InlineData("archives download sandbox_crops_kenya_s1 -o /proc", "the directory '/proc' cannot be written (no new file can be made there): choose another one with --output.")]
    [InlineData("assets retry {0}", "'{0}' cannot be used: it is a directory.")]
    public async Task A_file_that_cannot_be_used_is_reported_in_words_of_the_command(string command, string message)
    {
        var outcome = await hub.RunAsync(string.Format(null, command, _directory.Path).Split(' '));

        Assert.Equal($"mlhub: {string.Format(null, message, _directory.Path)}", outcome.FailedWith(1));
    }

    [UnixFact]
    public async Task Checksums_that_cannot_be_written_are_reported_in_words_of_the_command_and_the_file_stays()
    {
        var outcome = await hub.RunAsync("archives", "download", "sandbox_crops_kenya_s1", "-o", _directory.Path, "--checksums", "/proc/sums");

        Assert.Equal((1, "mlhub: the checksum file '/proc/sums' cannot be written: no new file can be made there. Choose another file with --checksums.\n"), (outcome.ExitCode, outcome.Error));
        Assert.Equal($"{_directory[Assert.Single(_directory.Files)]}\n", outcome.Output);
    }

    [UnixFact]
    public async Task An_area_that_is_a_directory_is_reported_in_words_of_the_command()
    {
        var outcome = await hub.RunAsync("assets", "download", SandboxFixture.Dataset, "-o", _directory.Path, "--intersects", _directory.Path);

        Assert.Equal($"mlhub: --intersects: '{_directory.Path}' cannot be read: it is a directory.", outcome.FailedWith(2));
    }
}
