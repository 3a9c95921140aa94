using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace MlHub.Cli.Tests;

/// <summary><c>mlhub keys</c>.</summary>
public sealed class KeysTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_new_key_is_the_only_output_and_is_not_stored()
    {
        var outcome = await RunAsync("add", "alice");

        Assert.Equal(0, outcome.ExitCode);
        var key = Assert.Single(outcome.Lines);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(
            $"the key \"alice\" is in '{_directory["keys"]}' now, as a hash: keep the key itself, because it is printed only here",
            Assert.Single(outcome.ErrorLines));
        Assert.All(_directory.Files, file => Assert.DoesNotContain(key, File.ReadAllText(_directory[file]), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_are_listed_with_their_days_and_without_the_keys()
    {
        var key = (await RunAsync("add", "alice")).Lines.Single();
        using var added = JsonDocument.Parse((await RunAsync("add", "bob", "--expires", "2099-06-30", "--format", "json", "--quiet")).Quietly().Output);
        Assert.Equal(("bob", "2099-06-30"), (added.RootElement.GetProperty("name").GetString(), added.RootElement.GetProperty("expires").GetString()));
        var today = DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

        var table = (await RunAsync("list")).Quietly();
        Assert.Equal([$"alice\t{today}\t\taccepted", $"bob\t{today}\t2099-06-30\taccepted"], table.Lines);
        var json = (await RunAsync("list", "--format", "jsonl")).Quietly();
        Assert.Equal($$"""{"name":"bob","created":"{{today}}","expires":"2099-06-30","expired":false}""", json.Lines[1]);
        Assert.DoesNotContain(key, table.Output + json.Output, StringComparison.Ordinal);

        var later = Mlhub.Pipe with { Clock = new FakeTimeProvider(new DateTimeOffset(2099, 7, 1, 0, 0, 0, TimeSpan.Zero)) };
        Assert.EndsWith("\texpired", (await Mlhub.RunAsync(later, "keys", "list", "--keys", _directory["keys"])).Quietly().Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_is_gone_and_its_name_is_free()
    {
        await RunAsync("add", "alice");
        Assert.Contains("there is already a key \"alice\"", (await RunAsync("add", "alice")).FailedWith(1), StringComparison.Ordinal);
        (await RunAsync("revoke", "alice")).Quietly();
        Assert.Empty((await RunAsync("list")).Quietly().Lines);
        Assert.Contains("there is no key \"alice\"", (await RunAsync("revoke", "alice")).FailedWith(4), StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("add", "alice")).ExitCode);
    }

    [Fact]
    public async Task A_damaged_file_is_reported_with_its_line_and_not_changed()
    {
        await File.WriteAllTextAsync(_directory["keys"], "alice\n");
        foreach (var command in (string[][])[["list"], ["add", "bob"], ["revoke", "alice"]])
        {
            Assert.Contains($"line 1 of the keys file '{_directory["keys"]}' is wrong", (await RunAsync(command)).FailedWith(1), StringComparison.Ordinal);
        }

        Assert.Equal("alice\n", await File.ReadAllTextAsync(_directory["keys"]));
    }

    [Theory]
    [InlineData("list", 4, "there is no keys file")]
    [InlineData("add a/b", 2, "NAME must have 1 to 64 characters")]
    [InlineData("add a --expires soon", 2, "--expires: it must be a date")]
    [InlineData("add a --expires 2020-01-01", 2, "--expires must not be in the past")]
    [InlineData("add a --api-key k", 2, "leave out --api-key")]
    [InlineData("add", 2, "NAME is missing")]
    public async Task Wrong_usage_is_explained(string arguments, int exitCode, string message)
    {
        Assert.Contains(message, (await RunAsync(arguments.Split(' '))).FailedWith(exitCode), StringComparison.Ordinal);
        Assert.Empty(_directory.Files);
    }

    [SmallDiskFact]
    public async Task On_a_full_disk_the_file_stays_as_it_was_and_one_line_says_so()
    {
        using var disk = SmallDisk.Mount(8192);
        var file = Path.Combine(disk.Path, "keys");
        Assert.Equal(0, (await Mlhub.RunAsync("keys", "add", "alice", "--keys", file)).ExitCode);
        disk.Fill();
        var before = await File.ReadAllTextAsync(file);

        foreach (var arguments in (string[][])[["add", "bob"], ["revoke", "alice"]])
        {
            var outcome = await Mlhub.RunAsync(["keys", .. arguments, "--keys", file]);
            Assert.Equal((1, $"mlhub: the keys file '{file}' was not changed: no space left on device."), (outcome.ExitCode, Assert.Single(outcome.ErrorLines)));
        }

        Assert.Equal(before, await File.ReadAllTextAsync(file));
        Assert.Equal(["hog", "keys", "keys.lock"], Directory.EnumerateFiles(disk.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [SmallDiskFact]
    public async Task A_folder_that_cannot_be_written_is_named_at_once()
    {
        using var disk = SmallDisk.Mount(8192, "ro");
        foreach (var (file, why) in new[] { (Path.Combine(disk.Path, "keys"), "read-only file system"), (_directory["none/keys"], "its folder does not exist") })
        {
            var outcome = await Mlhub.RunAsync("keys", "add", "bob", "--keys", file);
            Assert.Equal((1, $"mlhub: the keys file '{file}' was not changed: {why}."), (outcome.ExitCode, Assert.Single(outcome.ErrorLines)));
        }
    }

    [Fact]
    public async Task The_keys_file_must_be_named() =>
        Assert.Contains("--keys needs a value: --keys FILE.", (await Mlhub.RunAsync("keys", "list")).FailedWith(2), StringComparison.Ordinal);

    private Task<Outcome> RunAsync(params string[] args) => Mlhub.RunAsync(["keys", .. args, "--keys", _directory["keys"]]);
}
