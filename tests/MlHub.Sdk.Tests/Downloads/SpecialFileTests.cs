using System.Diagnostics;
using System.Net.Sockets;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A path of the download's files is not a regular file.</summary>
public sealed class SpecialFileTests : DownloadTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string, bool> Strangers
    {
        get
        {
            string[] suffixes = ["lock", "part", "journal", "journal-new"];
            string[] kinds = ["dangling link", "loop", "link to a file", "link to a device", "pipe", "directory"];
            var all = new TheoryData<string, string, bool>();
            foreach (var (suffix, kind) in suffixes.SelectMany(_ => kinds, ValueTuple.Create))
            {
                all.Add(suffix, kind, true);
                all.Add(suffix, kind, false);
            }

            return all;
        }
    }

    private string LockPath => Final + ".mlhub-lock";

    [UnixTheory("no directory has pipes, and links are for administrators")]
    [MemberData(nameof(Strangers))]
    public async Task A_path_that_is_not_a_regular_file_is_reported_and_not_opened_followed_or_removed(string suffix, string kind, bool nameIsGiven)
    {
        var path = $"{Final}.mlhub-{suffix}";
        var store = Path.Combine(Output, "store");
        await File.WriteAllTextAsync(store, "good");
        Make(kind, path, store);
        var before = Directory.GetFileSystemEntries(Output).Order().ToArray();

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { FileName = nameIsGiven ? "data.bin" : null }).WaitAsync(Patience));

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.Equal(path, error.Path);
        Assert.Contains($"'{path}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Remove it", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(Output).Order());
        Assert.Equal("good", await File.ReadAllTextAsync(store));
        Assert.Equal(nameIsGiven ? 0 : 1, Server.Requests.Count);
    }

    [UnixTheory("no directory has pipes, and links are for administrators")]
    [InlineData("pipe", IfExists.Resume)]
    [InlineData("pipe", IfExists.Skip)]
    [InlineData("pipe", IfExists.Overwrite)]
    [InlineData("socket", IfExists.Overwrite)]
    [InlineData("link to a device", IfExists.Resume)]
    [InlineData("link to a device", IfExists.Skip)]
    [InlineData("link to a device", IfExists.Overwrite)]
    public async Task A_final_path_that_is_not_a_regular_file_is_reported_before_any_request_and_is_kept(string kind, IfExists ifExists)
    {
        Make(kind, Final, Final);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { FileName = "data.bin", Options = new() { IfExists = ifExists } }).WaitAsync(Patience));

        Assert.Equal((DownloadFailure.FileSystem, Final), (error.Reason, error.Path));
        Assert.Contains("is a pipe, a socket or a device", error.Message, StringComparison.Ordinal);
        Assert.Equal([Final], Directory.GetFileSystemEntries(Output));
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_lock_file_that_becomes_a_link_during_the_wait_is_reported()
    {
        await File.WriteAllTextAsync(LockPath, LockOwner.Me().ToText());
        var phases = new InlineProgress(progress =>
        {
            if (progress.Phase == DownloadPhase.Waiting)
            {
                File.Delete(LockPath);
                File.CreateSymbolicLink(LockPath, "nowhere");
            }
        });

        var error = await Assert.ThrowsAsync<DownloadException>(
            () => NewDownloader().DownloadAsync(Request with { FileName = "data.bin" }, phases).WaitAsync(Patience));

        Assert.Equal(LockPath, error.Path);
    }

    [UnixTheory("no directory has pipes, and links are for administrators")]
    [InlineData("pipe", "it is a pipe, a socket or a device")]
    [InlineData("socket", "it is a pipe, a socket or a device")]
    [InlineData("link to a device", "it is a pipe, a socket or a device")]
    [InlineData("directory", "it is a directory")]
    [InlineData("dangling link", "there is no such file")]
    [InlineData("loop", "there is no such file")]
    public async Task A_path_that_is_not_a_regular_file_is_not_opened_for_verification(string kind, string detail)
    {
        Make(kind, Final, Final);

        var result = await NewDownloader().VerifyAsync(Final).WaitAsync(Patience);

        Assert.Equal(VerificationStatus.Missing, result.Status);
        Assert.StartsWith(detail, result.Detail, StringComparison.Ordinal);
    }

    private static void Make(string kind, string path, string store)
    {
        switch (kind)
        {
            case "dangling link":
                File.CreateSymbolicLink(path, path + "-nowhere");
                break;
            case "loop":
                File.CreateSymbolicLink(path, path);
                break;
            case "link to a file":
                File.CreateSymbolicLink(path, store);
                break;
            case "link to a device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "pipe":
                using (var made = Process.Start("mkfifo", path))
                {
                    made.WaitForExit();
                    Assert.Equal(0, made.ExitCode);
                }

                break;
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    // Closed, it stays in its directory. In a directory of a long name it is bound under a short one: an address has room for some hundred bytes.
                    var near = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
                    socket.Bind(new UnixDomainSocketEndPoint(near));
                    File.Move(near, path);
                }

                break;
            default:
                Directory.CreateDirectory(path);
                break;
        }
    }
}
