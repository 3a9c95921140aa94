using Microsoft.Extensions.Time.Testing;

namespace MlHub.Sdk.Tests.Authentication;

public class ProfilesWritingTests
{
    private const string Written = """
        # my keys
        [DEFAULT]
        root_url: https://mirror.example/mlhub/v1

        [default]
        ; the old one
        API_Key :  old
            and more
        # kept
            of it

        colour = blue
        [last]
          api_key=other
        """;

    [Fact]
    public async Task Setting_a_key_changes_only_its_lines()
    {
        using var home = new TestHome(Written);

        await home.Profiles.SetAsync("default", apiKey: "new");

        Assert.Equal(
            Written.Replace("API_Key :  old\n    and more\n# kept\n    of it\n", "API_Key :  new\n# kept\n", StringComparison.Ordinal),
            home.Text);
    }

    [Fact]
    public async Task A_key_that_is_new_in_a_section_follows_its_last_entry()
    {
        using var home = new TestHome(Written);

        await home.Profiles.SetAsync("last", rootUrl: new Uri("https://hub.example/v1"));

        Assert.Equal(Written + "\n  root_url = https://hub.example/v1/\n", home.Text);
    }

    [Fact]
    public async Task A_new_profile_follows_all_others()
    {
        using var home = new TestHome(Written);

        await home.Profiles.SetAsync("new", apiKey: "k", rootUrl: new Uri("https://hub.example/v1/"));

        Assert.Equal(Written + "\n\n[new]\napi_key = k\nroot_url = https://hub.example/v1/\n", home.Text);
    }

    [Fact]
    public async Task Line_ends_are_kept()
    {
        using var home = new TestHome("[one]\r\napi_key = 1\r\n");

        await home.Profiles.SetAsync("two", apiKey: "2");
        await home.Profiles.SetAsync("one", apiKey: "3");

        Assert.Equal("[one]\r\napi_key = 3\r\n\r\n[two]\r\napi_key = 2\r\n", home.Text);
    }

    [Fact]
    public async Task A_section_after_an_empty_one_is_kept()
    {
        using var home = new TestHome("[one]\n# none yet\n  [two]\n  api_key = 2\n");

        await home.Profiles.SetAsync("one", apiKey: "1");

        Assert.Equal("[one]\n  api_key = 1\n# none yet\n  [two]\n  api_key = 2\n", home.Text);
        Assert.Equal("2", home.KeyOf(profile: "two"));
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("100%")]
    [InlineData("%%")]
    [InlineData("%(default)s")]
    [InlineData("a=b:c")]
    [InlineData("#a;b")]
    [InlineData("[x]")]
    [InlineData("ключ 🔑")]
    public async Task A_key_is_read_as_it_was_written(string key)
    {
        using var home = new TestHome();

        await home.Profiles.SetAsync("default", apiKey: key);

        Assert.Equal(key, home.KeyOf());
    }

    [Fact]
    public async Task White_space_at_the_ends_of_a_key_is_ignored()
    {
        using var home = new TestHome();

        await home.Profiles.SetAsync("default", apiKey: " abc\n");

        Assert.Equal("[default]\napi_key = abc\n", home.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a]b")]
    [InlineData("a\nb")]
    [InlineData("a\u0007b")]
    [InlineData("\uD800")]
    [InlineData("DEFAULT")]
    [InlineData("__anonymous__")]
    public async Task A_name_that_the_format_cannot_contain_is_rejected(string name)
    {
        using var home = new TestHome(Written);

        await Assert.ThrowsAsync<MlHubException>(() => home.Profiles.SetAsync(name, apiKey: "s3cret"));

        Assert.Equal(Written, home.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("s3cret\ns3cret")]
    [InlineData("s3cret\u0000")]
    [InlineData("s3cret\uDC00")]
    public async Task A_key_that_the_format_cannot_contain_is_rejected_and_not_shown(string key)
    {
        using var home = new TestHome(Written);

        var error = await Assert.ThrowsAsync<MlHubException>(() => home.Profiles.SetAsync("default", apiKey: key));

        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(Written, home.Text);
    }

    [Theory]
    [InlineData("ftp://hub.example/")]
    [InlineData("https://user:pass@hub.example/")]
    [InlineData("https://hub.example/?key=s3cret")]
    public async Task An_invalid_root_URL_is_rejected(string url)
    {
        using var home = new TestHome(Written);

        await Assert.ThrowsAsync<MlHubException>(() => home.Profiles.SetAsync("default", rootUrl: new Uri(url)));

        Assert.Equal(Written, home.Text);
    }

    [Fact]
    public async Task Setting_nothing_is_an_argument_exception()
    {
        using var home = new TestHome();

        await Assert.ThrowsAsync<ArgumentException>(() => home.Profiles.SetAsync("default"));
    }

    [Fact]
    public async Task An_invalid_file_is_not_changed()
    {
        using var home = new TestHome("api_key = s3cret\n");

        await Assert.ThrowsAsync<MlHubException>(() => home.Profiles.SetAsync("default", apiKey: "new"));

        Assert.Equal("api_key = s3cret\n", home.Text);
    }

    [Fact]
    public async Task Missing_parent_directories_are_created_and_only_the_owner_can_read_them()
    {
        using var home = new TestHome();
        string outer = Path.Combine(home.UserDirectory, "outer");
        var profiles = new MlHubProfiles(Path.Combine(outer, "inner"));

        await profiles.SetAsync("default", apiKey: "abc");

        Assert.Equal("****", profiles.Find("default")!.MaskedApiKey);
        AssertMode(profiles.Path, "600");
        AssertMode(Path.GetDirectoryName(profiles.Path)!, "700");
        AssertMode(outer, "700");
    }

    [Fact]
    public async Task Others_lose_read_access_to_the_file_and_the_directory_is_not_changed()
    {
        using var home = new TestHome(Written);
        SetMode(home.ProfilesPath, "644");
        SetMode(home.Home, "755");

        await home.Profiles.SetAsync("default", apiKey: "new");

        AssertMode(home.ProfilesPath, "600");
        AssertMode(home.Home, "755");
        Assert.Null(home.Profiles.PermissionsWarning);
    }

    [Fact]
    public async Task A_link_is_kept_and_its_target_is_replaced()
    {
        using var home = new TestHome();
        string target = Path.Combine(Directory.CreateDirectory(Path.Combine(home.UserDirectory, "dotfiles")).FullName, "hub");
        Directory.CreateDirectory(home.Home);
        File.WriteAllText(target, "[one]\napi_key = 1\n");
        File.CreateSymbolicLink(home.ProfilesPath, "../dotfiles/hub");

        await home.Profiles.SetAsync("two", apiKey: "2");

        Assert.Equal("../dotfiles/hub", new FileInfo(home.ProfilesPath).LinkTarget);
        Assert.Equal("[one]\napi_key = 1\n\n[two]\napi_key = 2\n", await File.ReadAllTextAsync(target));
    }

    [Fact]
    public async Task The_missing_target_of_a_link_is_created()
    {
        using var home = new TestHome();
        Directory.CreateDirectory(home.Home);
        File.CreateSymbolicLink(home.ProfilesPath, "../dotfiles/hub");

        await home.Profiles.SetAsync("one", apiKey: "1");

        Assert.Equal("[one]\napi_key = 1\n", await File.ReadAllTextAsync(Path.Combine(home.UserDirectory, "dotfiles", "hub")));
    }

    [Fact]
    public async Task Many_writers_at_once_lose_no_section()
    {
        using var home = new TestHome();
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"profile{i}")];

        await Parallel.ForEachAsync(
            names,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (name, token) => await home.Profiles.SetAsync(name, apiKey: name, cancellationToken: token));

        Assert.Equal(names.Order(), home.Profiles.List().Select(profile => profile.Name).Order());
        Assert.Equal(["profiles", "profiles.lock"], Directory.GetFiles(home.Home).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Concurrent_readers_always_find_a_complete_file()
    {
        using var home = new TestHome("[one]\napi_key = 1\n");
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await home.Profiles.SetAsync("one", apiKey: $"key{i}");
            }
        });

        do
        {
            Assert.NotNull(home.Profiles.Find("one")?.MaskedApiKey);
        }
        while (!writing.IsCompleted);

        await writing;
    }

    [Fact]
    public async Task Waiting_for_another_writer_can_be_cancelled()
    {
        using var home = new TestHome(Written);
        using var other = new FileStream(home.ProfilesPath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var cancellation = new CancellationTokenSource();

        Task waiting = home.Profiles.SetAsync("default", apiKey: "new", cancellationToken: cancellation.Token);
        Assert.False(waiting.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(Written, home.Text);
    }

    [Fact]
    public async Task Waiting_for_another_writer_fails_after_ten_seconds()
    {
        using var home = new TestHome(Written);
        using var other = new FileStream(home.ProfilesPath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var time = new FakeTimeProvider();

        Task waiting = ProfilesWriter.ReplaceAsync(home.ProfilesPath, () => "new", time, CancellationToken.None);
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var error = await Assert.ThrowsAsync<MlHubException>(() => waiting);
        Assert.EndsWith($"another process has held {home.ProfilesPath}.lock for 10 seconds.", error.Message, StringComparison.Ordinal);
        Assert.Equal(Written, home.Text);
    }

    [Fact]
    public async Task Temporary_files_of_a_crash_are_replaced()
    {
        using var home = new TestHome(Written);
        await File.WriteAllTextAsync(home.ProfilesPath + ".new", "half a fi");

        await home.Profiles.SetAsync("default", apiKey: "new");

        Assert.Equal("new", home.KeyOf());
        Assert.False(File.Exists(home.ProfilesPath + ".new"));
    }

    [Fact]
    public async Task A_file_instead_of_the_directory_is_reported()
    {
        using var home = new TestHome();
        await File.WriteAllTextAsync(home.Home, "a file");

        var error = await Assert.ThrowsAsync<MlHubException>(() => home.Profiles.SetAsync("default", apiKey: "new"));

        Assert.Contains($"{home.ProfilesPath} cannot be written", error.Message, StringComparison.Ordinal);
    }

    private static void SetMode(string path, string octal)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));
        }
    }

    private static void AssertMode(string path, string octal)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(octal, Convert.ToString((int)File.GetUnixFileMode(path), 8));
        }
    }
}
