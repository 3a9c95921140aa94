using System.Diagnostics;
using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class ExistingFileTests : DownloadTest
{
    private DownloadRequest WithDigest => Request with { ExpectedDigests = [FileDigest.Parse($"md5:{Md5(Remote.Bytes)}")] };

    [Fact]
    public async Task A_partial_file_of_the_Python_client_is_completed_if_a_digest_can_verify_it()
    {
        Remote.Headers.Add(new("Content-MD5", Md5(Remote.Bytes)));
        await File.WriteAllBytesAsync(Final, Remote.Bytes[..2_000_000]);

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.InRange(result.ResumedFrom, 1_900_000, 2_000_000);
        Assert.Equal("md5", result.Verified.ToString());
    }

    [Fact]
    public async Task A_digest_detects_that_a_partial_file_is_another_file()
    {
        Remote.Headers.Add(new("Content-MD5", Md5(Remote.Bytes)));
        await File.WriteAllBytesAsync(Final, RandomNumberGenerator.GetBytes(2_000_000));

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(1, result.Restarts);
        Assert.Equal(0, result.ResumedFrom);
    }

    [Theory]
    [InlineData(2_000_000, DownloadPhase.Copying)]
    [InlineData(Size, DownloadPhase.Verifying)]
    public async Task Reading_an_existing_file_does_not_occupy_a_connection_slot(int length, DownloadPhase reading)
    {
        await File.WriteAllBytesAsync(Final, Remote.Bytes[..length]);
        var downloader = NewDownloader(options => options.Transfer.MaxConnectionsPerHost = 1);
        var other = Request with { Url = Server.Url("other.bin") };
        var isOtherThere = false;
        var whileReading = new InlineProgress(report => isOtherThere |=
            report.Phase == reading && !isOtherThere && downloader.DownloadAsync(other).Wait(TimeSpan.FromSeconds(20)));

        await downloader.DownloadAsync(WithDigest, whileReading);

        Assert.True(isOtherThere);
    }

    [Fact]
    public async Task Cancelling_the_copy_of_an_existing_file_does_not_change_it()
    {
        var found = Remote.Bytes[..2_000_000];
        await File.WriteAllBytesAsync(Final, found);
        using var cancel = new CancellationTokenSource();
        var whileCopying = new InlineProgress(report =>
        {
            if (report.Phase == DownloadPhase.Copying)
            {
                cancel.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NewDownloader().DownloadAsync(WithDigest, whileCopying, cancel.Token));

        Assert.Equal(found, await File.ReadAllBytesAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Output));
    }

    [Fact]
    public async Task A_link_to_a_complete_file_is_skipped_and_a_dangling_link_is_not()
    {
        var store = Path.Combine(Output, "store");
        await File.WriteAllBytesAsync(store, Remote.Bytes);
        File.CreateSymbolicLink(Final, store);
        Assert.True((await DownloadAsync()).Skipped);

        File.Delete(store);
        var again = await DownloadAsync();

        Assert.False(again.Skipped);
        await AssertWholeAsync(again);
    }

    [Theory]
    [InlineData(IfExists.Resume)]
    [InlineData(IfExists.Overwrite)]
    public async Task A_link_with_the_final_name_is_replaced_and_its_target_is_kept(IfExists ifExists)
    {
        var elsewhere = Path.Combine(Directory.CreateDirectory(Path.Combine(Output, "elsewhere")).FullName, "store");
        await File.WriteAllTextAsync(elsewhere, "good");
        File.CreateSymbolicLink(Final, elsewhere);

        var result = await DownloadAsync(Request with { Options = new() { IfExists = ifExists } });

        await AssertWholeAsync(result);
        Assert.Null(new FileInfo(Final).LinkTarget);
        Assert.Equal("good", await File.ReadAllTextAsync(elsewhere));
    }

    [Fact]
    public async Task A_circular_link_with_the_final_name_is_reported_and_kept()
    {
        File.CreateSymbolicLink(Final, Final);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.Contains(Final, error.Message, StringComparison.Ordinal);
        Assert.Equal(Final, new FileInfo(Final).LinkTarget);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Size + 1)]
    public async Task An_existing_file_that_cannot_be_verified_is_downloaded_again_and_this_is_logged(int length)
    {
        await File.WriteAllBytesAsync(Final, new byte[length]);

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
        Assert.Equal(1, result.Restarts);
    }

    [Fact]
    public async Task The_existing_file_is_kept_if_the_download_fails()
    {
        await File.WriteAllTextAsync(Final, "good");
        Remote.Headers.Add(new("Content-MD5", Md5([1])));

        await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Options = new() { IfExists = IfExists.Overwrite } }));

        Assert.Equal("good", await File.ReadAllTextAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Output));
    }

    [Fact]
    public async Task Overwrite_downloads_an_existing_file_again()
    {
        await File.WriteAllBytesAsync(Final, new byte[Size]);

        var result = await DownloadAsync(Request with { Options = new() { IfExists = IfExists.Overwrite } });

        await AssertWholeAsync(result);
        Assert.False(result.Skipped);
    }

    [Fact]
    public async Task The_callers_digest_is_compared_with_an_existing_file()
    {
        await File.WriteAllBytesAsync(Final, new byte[Size]);
        var request = Request with { ExpectedDigests = [FileDigest.Parse($"sha256:{Convert.ToHexString(SHA256.HashData(Remote.Bytes))}")] };

        var fetched = await DownloadAsync(request);
        var again = await DownloadAsync(request);

        await AssertWholeAsync(fetched);
        Assert.False(fetched.Skipped);
        Assert.True(again.Skipped);
        Assert.Equal("sha-256", again.Verified.ToString());
    }

    [Fact]
    public async Task A_directory_with_the_final_name_is_reported()
    {
        Directory.CreateDirectory(Final);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.Contains("is a directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_directory_that_is_a_file_is_an_error()
    {
        await File.WriteAllTextAsync(Final, "x");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { OutputDirectory = Final }));

        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
    }

    [Fact]
    public async Task A_disk_without_enough_space_is_detected_before_the_first_byte()
    {
        Remote.Twist = (_, answer) => new ScriptedAnswer(200) { Body = answer.Body }.With("Content-Length", "9000000000000000").With("ETag", "\"v1\"");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.DiskFull, error.Reason);
        Assert.Contains("9000000000000000", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Output));
    }

    [Fact]
    public async Task Existing_bytes_without_a_receipt_are_not_used_without_a_digest()
    {
        await File.WriteAllBytesAsync(Final, RandomNumberGenerator.GetBytes(2_000_000));
        await InterruptAsync(500_000, Request with { ExpectedDigests = [FileDigest.Parse($"md5:{Md5(Remote.Bytes)}")] });

        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Equal(0, result.ResumedFrom);
    }

    [Fact]
    public async Task Skip_sends_no_request_if_a_file_with_the_name_from_the_address_exists()
    {
        await File.WriteAllTextAsync(Final, "mine");

        var result = await DownloadAsync(Request with { Url = Server.Url("data.bin?sig=s3cret"), Options = new() { IfExists = IfExists.Skip } });

        Assert.True(result.Skipped);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Skip_does_not_use_the_last_segment_without_an_extension_as_a_file_name()
    {
        var other = Path.Combine(Output, "download");
        await File.WriteAllTextAsync(other, "another one");
        Remote.Twist = (request, answer) => request.Path == "/2/download" ? ScriptedAnswer.Of(302, []).With("Location", "/data.bin") : answer;

        var result = await DownloadAsync(Request with { Url = Server.Url("2/download"), Options = new() { IfExists = IfExists.Skip } });

        Assert.Equal((false, Final), (result.Skipped, result.Path));
        Assert.Equal(Remote.Bytes, await File.ReadAllBytesAsync(Final));
        Assert.Equal("another one", await File.ReadAllTextAsync(other));
    }

    [Fact]
    public async Task Skip_uses_the_name_from_a_redirect()
    {
        await File.WriteAllTextAsync(Final, "mine");
        Remote.Twist = (request, answer) => request.Path == "/moved" ? ScriptedAnswer.Of(302, []).With("Location", "/data.bin") : answer;

        var result = await DownloadAsync(Request with { Url = Server.Url("moved"), Options = new() { IfExists = IfExists.Skip } });

        Assert.Equal((true, Final), (result.Skipped, result.Path));
        Assert.Equal("mine", await File.ReadAllTextAsync(Final));
    }

    [Fact]
    public async Task Skip_compares_the_digest_with_the_existing_file()
    {
        await File.WriteAllBytesAsync(Final, Remote.Bytes);
        var request = Request with { Options = new() { IfExists = IfExists.Skip }, ExpectedDigests = [FileDigest.Parse($"md5:{Md5(Remote.Bytes)}")] };

        var right = await DownloadAsync(request);
        await File.WriteAllTextAsync(Final, "mine");
        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(request));

        Assert.Equal("md5", right.Verified.ToString());
        Assert.Equal((DownloadFailure.DigestMismatch, Final), (error.Reason, error.Path));
        Assert.Equal("mine", await File.ReadAllTextAsync(Final));
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_remote_file_with_another_digest_is_downloaded_even_if_its_size_is_the_same()
    {
        Remote.Headers.Add(new("Content-MD5", Md5(Remote.Bytes)));
        await DownloadAsync();
        var again = await DownloadAsync();
        Assert.Equal((true, "length"), (again.Skipped, again.Verified.ToString()));

        (Remote.Bytes, Remote.ETag) = (OtherBytes(), "\"v2\"");
        Remote.Headers.Clear();
        Remote.Headers.Add(new("Content-MD5", Md5(Remote.Bytes)));
        var result = await DownloadAsync();

        await AssertWholeAsync(result);
        Assert.Contains("does not match", Assert.Single(result.RestartReasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_unknown_origin_is_compared_with_the_servers_digest()
    {
        Remote.Headers.Add(new("Content-MD5", Md5(Remote.Bytes)));
        await File.WriteAllBytesAsync(Final, Remote.Bytes);
        var right = await DownloadAsync();
        await File.WriteAllBytesAsync(Final, OtherBytes());
        var wrong = await DownloadAsync();

        Assert.Equal((true, "md5"), (right.Skipped, right.Verified.ToString()));
        Assert.False(wrong.Skipped);
        await AssertWholeAsync(wrong);
    }

    [Fact]
    public async Task The_message_for_a_wrong_digest_says_that_the_existing_file_was_not_changed()
    {
        await File.WriteAllBytesAsync(Final, Remote.Bytes);

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { ExpectedDigests = [FileDigest.Parse($"md5:{Md5([1])}")] }));

        Assert.Contains($"The existing file '{Final}' was not changed.", error.Message, StringComparison.Ordinal);
        Assert.Equal(Remote.Bytes, await File.ReadAllBytesAsync(Final));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("data.bin")]
    public async Task A_complete_file_is_skipped_in_a_directory_where_no_lock_file_can_be_created(string? name)
    {
        await File.WriteAllBytesAsync(Final, Remote.Bytes);
        Directory.CreateDirectory(Final + ".mlhub-lock");

        var whole = await DownloadAsync(Request with { FileName = name });
        await File.WriteAllTextAsync(Final, "short");
        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { FileName = name }));

        Assert.True(whole.Skipped);
        Assert.Equal(DownloadFailure.FileSystem, error.Reason);
        Assert.Equal("short", await File.ReadAllTextAsync(Final));
    }

    [Theory]
    [InlineData(Size)]
    [InlineData(1000)]
    public async Task Skip_keeps_a_file_that_another_program_creates_during_the_download(int size)
    {
        Remote.Bytes = Remote.Bytes[..size];

        var result = await NewDownloader().DownloadAsync(Request with { Options = new() { IfExists = IfExists.Skip } }, SomebodyWrites("mine"u8.ToArray()));

        Assert.Equal((true, 4), (result.Skipped, result.Bytes));
        Assert.Equal("mine", await File.ReadAllTextAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Output));
    }

    [Fact]
    public async Task Skip_compares_the_digest_with_a_file_that_another_program_creates_during_the_download()
    {
        var request = WithDigest with { Options = new() { IfExists = IfExists.Skip } };

        var error = await Assert.ThrowsAsync<DownloadException>(() => NewDownloader().DownloadAsync(request, SomebodyWrites("mine"u8.ToArray())));
        Assert.Equal("mine", await File.ReadAllTextAsync(Final));
        File.Delete(Final);
        var again = await DownloadAsync(request);

        Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
        Assert.Equal(Size, again.ResumedFrom);
        await AssertWholeAsync(again);
    }

    [Fact]
    public async Task A_complete_file_that_another_program_creates_during_the_download_is_kept()
    {
        var theirs = RandomNumberGenerator.GetBytes(Size);

        var result = await NewDownloader().DownloadAsync(Request, SomebodyWrites(theirs));

        Assert.True(result.Skipped);
        Assert.Equal(theirs, await File.ReadAllBytesAsync(Final));
        Assert.Equal([Final], Directory.GetFiles(Output));
    }

    [Theory]
    [InlineData(IfExists.Resume, Size)]
    [InlineData(IfExists.Resume, 1000)]
    [InlineData(IfExists.Overwrite, Size)]
    [InlineData(IfExists.Overwrite, 1000)]
    public async Task An_unusable_file_that_another_program_creates_during_the_download_is_replaced(IfExists ifExists, int size)
    {
        Remote.Bytes = Remote.Bytes[..size];

        var result = await NewDownloader().DownloadAsync(Request with { Options = new() { IfExists = ifExists } }, SomebodyWrites("mine"u8.ToArray()));

        Assert.False(result.Skipped);
        await AssertWholeAsync(result);
    }

    [UnixFact("nothing tells how many names a file has")]
    public async Task An_existing_file_that_gets_a_second_hard_link_during_the_download_is_replaced()
    {
        await File.WriteAllTextAsync(Final, "short");
        var snapshot = Path.Combine(Directory.CreateDirectory(Path.Combine(Output, "store")).FullName, "snapshot");

        var result = await NewDownloader().DownloadAsync(
            Request with { Options = new() { Connections = 1 } }, WhenFetched(_ => Process.Start("ln", [Final, snapshot]).WaitForExit()));

        Assert.Single(Server.Requests);
        await AssertWholeAsync(result);
        Assert.Equal("short", await File.ReadAllTextAsync(snapshot));
    }

    [Theory]
    [InlineData(Size)]
    [InlineData(1000)]
    public async Task A_file_that_another_program_keeps_writing_ends_the_download_at_the_third_change(int size)
    {
        Remote.Bytes = Remote.Bytes[..size];
        var times = 0;

        var error = await Assert.ThrowsAsync<DownloadException>(
            () => NewDownloader().DownloadAsync(Request, WhenFetched(time => File.WriteAllText(Final, new string('x', times = time)))));

        Assert.Equal((DownloadFailure.NameTaken, Final), (error.Reason, error.Path));
        Assert.Contains("another program keeps writing to it", error.Message, StringComparison.Ordinal);
        Assert.Equal((3, "xxx"), (times, await File.ReadAllTextAsync(Final)));
    }

    /// <summary>Another program creates the file once when all bytes are downloaded.</summary>
    private InlineProgress SomebodyWrites(byte[] bytes) => WhenFetched(time =>
    {
        if (time == 1)
        {
            File.WriteAllBytes(Final, bytes);
        }
    });

    /// <summary>Runs an action each time when all bytes are downloaded.</summary>
    private static InlineProgress WhenFetched(Action<int> act)
    {
        var times = 0;
        return new InlineProgress(report =>
        {
            if (report.Phase == DownloadPhase.Flushing)
            {
                act(++times);
            }
        });
    }
}
