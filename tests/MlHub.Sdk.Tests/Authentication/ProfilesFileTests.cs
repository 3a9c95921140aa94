using System.Diagnostics;

namespace MlHub.Sdk.Tests.Authentication;

/// <summary>The profiles file must be a regular file or a link to one. Anything else is an error, and is never read, waited for or replaced.</summary>
public sealed class ProfilesFileTests : IDisposable
{
    private readonly TestHome _home = new();

    public ProfilesFileTests() => Directory.CreateDirectory(_home.Home);

    public void Dispose() => _home.Dispose();

    [UnixTheory("there are no such pipes")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pipe_is_an_immediate_error_and_is_kept(bool behindALink)
    {
        var pipe = Make(behindALink, path => Run("mkfifo", path));

        await AssertRefusedAsync("is a device, a pipe or a socket, and not a file");

        Run("test", "-p", pipe);
    }

    [DeviceTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_device_is_an_error_and_is_never_replaced(bool behindALink)
    {
        // The null device by another name, in the test's own directory.
        var device = Make(behindALink, path => Run("mknod", path, "c", "1", "3"));

        await AssertRefusedAsync("is a device, a pipe or a socket, and not a file");

        Run("test", "-c", device);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_directory_is_an_error_and_is_kept(bool behindALink)
    {
        var directory = Make(behindALink, path => Directory.CreateDirectory(path));

        await AssertRefusedAsync("is a directory, and not a file");

        Assert.True(Directory.Exists(directory));
    }

    [UnixTheory("there are no such pipes")]
    [InlineData("profiles.lock")]
    [InlineData("profiles.new")]
    public async Task Special_files_with_the_names_of_the_temporary_files_are_not_opened_or_replaced(string name)
    {
        var pipe = Path.Combine(_home.Home, name);
        Run("mkfifo", pipe);

        var error = await Assert.ThrowsAsync<MlHubException>(() => _home.Profiles.SetAsync("default", "k"));

        Assert.Contains($"'{pipe}' is a device, a pipe or a socket", error.Message, StringComparison.Ordinal);
        Run("test", "-p", pipe);
        Assert.False(File.Exists(_home.ProfilesPath));
    }

    [Fact]
    public async Task The_missing_target_of_a_link_is_created_by_a_write()
    {
        var target = Path.Combine(_home.UserDirectory, "elsewhere", "file");
        File.CreateSymbolicLink(_home.ProfilesPath, target);
        Assert.Empty(_home.Profiles.List());

        await _home.Profiles.SetAsync("default", "k");

        Assert.Contains("api_key = k", await File.ReadAllTextAsync(target), StringComparison.Ordinal);
        Assert.Equal(target, new FileInfo(_home.ProfilesPath).LinkTarget);
    }

    /// <summary>Creates something in place of the file, or as the target of a link.</summary>
    /// <returns>Where it is.</returns>
    private string Make(bool behindALink, Action<string> make)
    {
        var place = behindALink ? Path.Combine(_home.UserDirectory, "elsewhere") : _home.ProfilesPath;
        make(place);
        if (behindALink)
        {
            File.CreateSymbolicLink(_home.ProfilesPath, place);
        }

        return place;
    }

    private async Task AssertRefusedAsync(string why)
    {
        var late = TimeSpan.FromSeconds(30);
        var read = Assert.Throws<MlHubException>(() => _home.Profiles.List());
        var found = Assert.Throws<MlHubException>(() => _home.Resolve());
        var written = await Assert.ThrowsAsync<MlHubException>(() => _home.Profiles.SetAsync("default", "k").WaitAsync(late));

        Assert.All([read, found, written], error => Assert.Contains(why, error.Message, StringComparison.Ordinal));
        Assert.StartsWith($"The profiles file {_home.ProfilesPath} cannot be read: ", read.Message, StringComparison.Ordinal);
        Assert.StartsWith($"The profiles file {_home.ProfilesPath} cannot be written: ", written.Message, StringComparison.Ordinal);
        Assert.Null(_home.Profiles.PermissionsWarning);
        Assert.Contains(why, Assert.Single(_home.Resolve(apiKey: "given").Warnings), StringComparison.Ordinal);
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
