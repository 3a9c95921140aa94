using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace MlHub.Server.Tests.Keys;

public sealed class KeysFileTests : IDisposable
{
    private const string Items = "collections/c/items";
    private const string Sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Only_the_hash_of_a_key_is_stored_and_only_the_owner_can_read_it()
    {
        var file = File();
        var key = await file.AddAsync("alice", new DateOnly(2099, 6, 30));

        Assert.Matches("^[A-Za-z0-9_-]{43}$", key);
        var text = await System.IO.File.ReadAllTextAsync(file.Path);
        Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        Assert.Contains($"alice {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))} ", text, StringComparison.Ordinal);
        Assert.Equal(["keys", "keys.lock"], _directory.Names);
        Assert.All(["keys", "keys.lock"], name => Assert.True(OperatingSystem.IsWindows() || System.IO.File.GetUnixFileMode(_directory[name]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite)));
        var listed = Assert.Single(file.List());
        Assert.Equal(("alice", (DateOnly?)new DateOnly(2099, 6, 30)), (listed.Name, listed.Expires));
        Assert.DoesNotContain(Sha256, listed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comments_and_other_keys_stay_when_keys_are_added_and_revoked()
    {
        await System.IO.File.WriteAllTextAsync(_directory["keys"], $"# ours\r\n\r\nbob {Sha256} 2026-01-02\n");
        var file = File();
        await file.AddAsync("alice");
        Assert.Equal(["bob", "alice"], file.List().Select(key => key.Name));
        Assert.True(await file.RevokeAsync("alice"));
        Assert.False(await file.RevokeAsync("alice"));
        Assert.Equal($"# ours\n\nbob {Sha256} 2026-01-02\n", await System.IO.File.ReadAllTextAsync(file.Path));
    }

    [Fact]
    public async Task A_file_that_does_not_exist_has_no_keys()
    {
        Assert.Empty(File().List());
        Assert.False(await File().RevokeAsync("alice"));
        Assert.Empty(_directory.Names);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("#alice")]
    [InlineData("a\nb")]
    [InlineData("é")]
    public async Task A_name_that_would_break_a_line_is_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => File().AddAsync(name));
        Assert.Empty(_directory.Names);
    }

    [Fact]
    public async Task Two_keys_cannot_have_the_same_name()
    {
        await File().AddAsync("alice");
        var error = await Assert.ThrowsAsync<ArgumentException>(() => File().AddAsync("alice"));
        Assert.Contains("There is already a key \"alice\"", error.Message, StringComparison.Ordinal);
        Assert.Single(File().List());
    }

    [Fact]
    public async Task Writers_at_the_same_time_take_turns()
    {
        var names = Enumerable.Range(0, 40).Select(number => $"key{number}").ToArray();
        await Task.WhenAll(names.Select(name => Task.Run(() => File().AddAsync(name))));
        Assert.Equal(names.Order(StringComparer.Ordinal), File().List().Select(key => key.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_link_to_the_file_stays_a_link()
    {
        await System.IO.File.WriteAllTextAsync(_directory["target"], "");
        System.IO.File.CreateSymbolicLink(_directory["keys"], "target");
        await File().AddAsync("alice");
        Assert.Equal("target", new FileInfo(_directory["keys"]).LinkTarget);
        Assert.Contains("alice", await System.IO.File.ReadAllTextAsync(_directory["target"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice", "it has 1 fields")]
    [InlineData($"alice {Sha256} 2026-01-02 2027-01-02 more", "it has 5 fields")]
    [InlineData($"al/ice {Sha256} 2026-01-02", "its name is not allowed")]
    [InlineData("alice my-secret-key 2026-01-02", "its second field is not a SHA-256 in hexadecimal")]
    [InlineData($"alice {Sha256} 2026-13-02", "a date is not yyyy-mm-dd")]
    [InlineData($"alice {Sha256} 2026-01-02 soon", "a date is not yyyy-mm-dd")]
    [InlineData($"bob {Sha256} 2026-01-02", "the name \"bob\" is there twice")]
    [InlineData("alice AF2BDBE1AA9B6EC1E2ADE1D694F41FC71A831D0268E9891562113D8A62ADD1BF 2026-01-02", "its key is there twice")]
    public async Task A_wrong_line_is_an_error_at_start_that_names_the_line_and_does_not_repeat_it(string line, string problem)
    {
        await System.IO.File.WriteAllTextAsync(_directory["keys"], $"# comment\nbob af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf 2026-01-02\n{line}\n");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync());

        Assert.StartsWith($"Line 3 of the keys file '{_directory["keys"]}' is wrong: {problem}.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("my-secret-key", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, Assert.Throws<InvalidDataException>(File().List).Message);
        Assert.Equal(error.Message, (await Assert.ThrowsAsync<InvalidDataException>(() => File().AddAsync("carol"))).Message);
    }

    [Fact]
    public async Task A_missing_file_is_an_error_at_start() =>
        Assert.Contains("There is no keys file", (await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Keys_are_added_and_revoked_while_a_server_runs()
    {
        var alice = await File().AddAsync("alice");
        using var log = new LogLines();
        await using var server = await StartAsync(options => options with { LoggerFactory = log });
        Assert.Equal("", server.ApiKey);
        Assert.Equal(200, await StatusAsync(server, alice));

        var bob = await File().AddAsync("bob");
        Assert.Equal(200, await StatusAsync(server, bob));
        Assert.True(await File().RevokeAsync("alice"));
        Assert.Equal(401, await StatusAsync(server, alice));
        Assert.Equal(200, await StatusAsync(server, bob));

        // A request is logged after its response.
        await server.StopAsync();
        Assert.Contains("The keys file has changed: 2 keys are accepted.", log.Written);
        Assert.Contains(log.Written, line => line.EndsWith(", key alice", StringComparison.Ordinal));
        Assert.Contains(log.Written, line => line.EndsWith(", key bob", StringComparison.Ordinal));
        Assert.All([alice, bob], key => Assert.DoesNotContain(key, string.Concat(log.Written), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_leaves_the_former_keys_in_use_and_is_logged_once()
    {
        var alice = await File().AddAsync("alice");
        using var log = new LogLines();
        await using var server = await StartAsync(options => options with { LoggerFactory = log });
        var good = await System.IO.File.ReadAllTextAsync(_directory["keys"]);

        await System.IO.File.WriteAllTextAsync(_directory["keys"], "damaged");
        Assert.Equal((200, 200), (await StatusAsync(server, alice), await StatusAsync(server, alice)));
        Assert.Single(log.Written, line => line.StartsWith("The keys file has changed and cannot be used, so the former keys stay in use. Line 1 of ", StringComparison.Ordinal));

        System.IO.File.Delete(_directory["keys"]);
        Assert.Equal(200, await StatusAsync(server, alice));
        Assert.Single(log.Written, line => line.Contains("There is no keys file", StringComparison.Ordinal));

        await System.IO.File.WriteAllTextAsync(_directory["keys"], good);
        await File().RevokeAsync("alice");
        Assert.Equal(401, await StatusAsync(server, alice));
    }

    [Fact]
    public async Task A_link_whose_target_changes_is_read_again()
    {
        var (old, key) = (await new MlHubServerKeysFile(_directory["old"]).AddAsync("a"), await new MlHubServerKeysFile(_directory["new"]).AddAsync("a"));
        System.IO.File.CreateSymbolicLink(_directory["keys"], "old");
        System.IO.File.SetLastWriteTimeUtc(_directory["new"], DateTime.UtcNow.AddSeconds(1));
        await using var server = await StartAsync();
        Assert.Equal(200, await StatusAsync(server, old));

        System.IO.File.Delete(_directory["keys"]);
        System.IO.File.CreateSymbolicLink(_directory["keys"], "new");

        Assert.Equal((401, 200), (await StatusAsync(server, old), await StatusAsync(server, key)));
    }

    [Fact]
    public async Task A_file_that_becomes_a_pipe_does_not_stop_the_server()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var key = await File().AddAsync("alice");
        await using var server = await StartAsync();
        Assert.Equal(200, await StatusAsync(server, key));
        System.IO.File.Delete(_directory["keys"]);
        using (var make = System.Diagnostics.Process.Start("mkfifo", [_directory["keys"]]))
        {
            await make.WaitForExitAsync();
        }

        Assert.Equal(401, await StatusAsync(server, key));
        System.IO.File.Delete(_directory["keys"]);
        var other = await File().AddAsync("bob");
        Assert.Equal(200, await StatusAsync(server, other));
    }

    [Fact]
    public async Task A_key_is_accepted_until_the_end_of_its_last_day()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2027, 6, 30, 23, 59, 59, TimeSpan.Zero));
        var key = await File().AddAsync("alice", new DateOnly(2027, 6, 30));
        await using var server = await StartAsync(options => options with { TimeProvider = time });
        Assert.Equal(200, await StatusAsync(server, key));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, await StatusAsync(server, key));
    }

    [Fact]
    public async Task Ten_thousand_keys_are_all_accepted_and_others_are_not()
    {
        static string Key(int number) => $"key-{number}-of-a-test";
        await System.IO.File.WriteAllLinesAsync(
            _directory["keys"], Enumerable.Range(0, 10_000).Select(number => $"name{number} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key(number))))} 2026-01-02"));
        await using var server = await StartAsync();

        foreach (var number in Enumerable.Range(0, 100).Select(number => number * 101))
        {
            Assert.Equal(200, await StatusAsync(server, Key(number)));
        }

        foreach (var wrong in new[] { Key(10_000), "name1", Key(1) + " " })
        {
            Assert.Equal(401, await StatusAsync(server, wrong));
        }
    }

    [Fact]
    public async Task Keys_of_the_options_are_accepted_beside_those_of_the_file()
    {
        var alice = await File().AddAsync("alice");
        await using var server = await StartAsync(options => options with { ApiKeys = ["own"] });
        Assert.Equal((200, 200), (await StatusAsync(server, alice), await StatusAsync(server, "own")));
        server.RequireKeys("other");
        Assert.Equal((200, 401, 200), (await StatusAsync(server, alice), await StatusAsync(server, "own"), await StatusAsync(server, "other")));
    }

    private MlHubServerKeysFile File() => new(_directory["keys"]);

    private Task<MlHubServer> StartAsync(Func<MlHubServerOptions, MlHubServerOptions>? change = null)
    {
        var options = new MlHubServerOptions { KeysFile = _directory["keys"] };
        return MlHubServer.StartAsync(new OneItemHub("c", "i"), change?.Invoke(options) ?? options);
    }

    private static async Task<int> StatusAsync(MlHubServer server, string key)
    {
        using var client = SandboxServer.ClientOf(server.RootUrl);
        using var response = await client.GetAsync($"{Items}?key={Uri.EscapeDataString(key)}");
        return (int)response.StatusCode;
    }
}
