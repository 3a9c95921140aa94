using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using MlHub.Sdk.Downloads.Integrity;

namespace MlHub.Sdk.Tests.Downloads;

public sealed class DigestTests : DownloadTest
{
    [Theory]
    [InlineData(DigestAlgorithm.Crc32, "cbf43926")]
    [InlineData(DigestAlgorithm.Crc32C, "e3069283")]
    [InlineData(DigestAlgorithm.Crc64Nvme, "ae8b14860a799888")]
    [InlineData(DigestAlgorithm.Md5, "25f9e794323b453885f5181f1b624d0b")]
    public void The_algorithms_return_their_published_check_values(DigestAlgorithm algorithm, string expected)
    {
        using var digest = RunningDigest.Start(algorithm);
        digest.Append("1234"u8);
        digest.Append("56789"u8);

        Assert.Equal(expected, digest.Finish().Hex);
    }

    public static TheoryData<string, string> Promises() => new()
    {
        { "Content-MD5", "md5" },
        { "x-ms-blob-content-md5", "md5" },
        { "Repr-Digest", "sha-256" },
        { "Content-Digest", "sha-512" },
        { "x-amz-checksum-crc32", "crc32" },
        { "x-amz-checksum-crc32c", "crc32c" },
        { "x-amz-checksum-crc64nvme", "crc64nvme" },
        { "x-amz-checksum-sha1", "sha-1" },
        { "x-amz-checksum-sha256", "sha-256" },
        { "x-goog-hash", "crc32c" },
    };

    [Theory]
    [MemberData(nameof(Promises))]
    public async Task A_digest_from_the_server_is_compared_with_the_file(string header, string verified)
    {
        Remote.Headers.Add(new(header, Value(header, verified, Remote.Bytes)));
        var result = await DownloadAsync();
        await AssertWholeAsync(result);
        Assert.Equal(verified, result.Verified.ToString());

        Remote.Headers[0] = new(header, Value(header, verified, [1, 2, 3]));
        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(Request with { Options = new() { IfExists = IfExists.Overwrite } }));
        Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==-3")]
    [InlineData("Content-MD5", "nonsense")]
    [InlineData("Repr-Digest", "sha-256=abc, unixsum=:AA==:")]
    public async Task A_header_that_is_not_a_digest_of_the_file_is_ignored(string header, string value)
    {
        Remote.Headers.Add(new(header, value));

        Assert.Equal("length", (await DownloadAsync()).Verified.ToString());
    }

    [Theory]
    [InlineData("Content-MD5", "{wrong}", "Content-MD5", "{wrong}")]
    [InlineData("Content-MD5", "{right}", "Content-MD5", "{wrong}")]
    [InlineData("Repr-Digest", "md5=:{right}:", "Content-MD5", "{wrong}")]
    [InlineData("Repr-Digest", "md5=:{right}:, md5=:{wrong}:", "Repr-Digest", "unixsum=:AA==:")]
    public async Task Every_digest_from_the_server_is_checked(string header, string value, string second, string secondValue)
    {
        Remote.Headers.Add(new(header, Filled(value)));
        Remote.Headers.Add(new(second, Filled(secondValue)));

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync());

        Assert.Equal(DownloadFailure.DigestMismatch, error.Reason);
        Assert.False(File.Exists(Final));
    }

    [Theory]
    [InlineData("Content-MD5", "{right}", "Content-MD5", "{right}")]
    [InlineData("Repr-Digest", "md5=:{wrong}:", "Repr-Digest", "md5=:{right}:")]
    public async Task A_digest_that_the_server_sends_twice_counts_once(string header, string value, string second, string secondValue)
    {
        Remote.Headers.Add(new(header, Filled(value)));
        Remote.Headers.Add(new(second, Filled(secondValue)));

        Assert.Equal("md5", (await DownloadAsync()).Verified.ToString());
    }

    [Fact]
    public async Task Two_digests_of_one_algorithm_are_rejected_before_any_request()
    {
        FileDigest[] digests = [FileDigest.Parse($"md5:{Md5(Remote.Bytes)}"), FileDigest.Parse($"md5:{Md5([])}")];

        await Assert.ThrowsAsync<ArgumentException>(() => DownloadAsync(Request with { ExpectedDigests = digests }));

        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("AmazonS3", null, "md5")]
    [InlineData("nginx", null, "length")]
    [InlineData("AmazonS3", "aws:kms", "length")]
    public async Task An_ETag_is_an_MD5_only_in_S3(string server, string? encryption, string verified)
    {
        var md5 = Convert.ToHexStringLower(MD5.HashData(Remote.Bytes));
        Remote.ETag = $"\"{(verified == "md5" ? md5 : md5.Replace(md5[0], md5[0] == '0' ? '1' : '0'))}\"";
        Remote.Headers.Add(new("Server", server));
        if (encryption is not null)
        {
            Remote.Headers.Add(new("x-amz-server-side-encryption", encryption));
        }

        Assert.Equal(verified, (await DownloadAsync()).Verified.ToString());
    }

    [Fact]
    public async Task A_finished_file_can_be_checked_later()
    {
        var result = await DownloadAsync();
        Assert.Equal(VerificationStatus.Right, (await NewDownloader().VerifyAsync(result.Path)).Status);

        await using (var file = File.Open(result.Path, FileMode.Open))
        {
            file.Position = 1_234_567;
            file.WriteByte((byte)(Remote.Bytes[1_234_567] ^ 1));
        }

        Assert.Equal(VerificationStatus.Wrong, (await NewDownloader().VerifyAsync(result.Path)).Status);
        Assert.Equal(VerificationStatus.Missing, (await NewDownloader().VerifyAsync(result.Path + "x")).Status);
    }

    [Fact]
    public async Task A_small_file_can_be_checked_later_too()
    {
        Remote.Bytes = Encoding.UTF8.GetBytes("small");
        var result = await DownloadAsync();

        Assert.Equal(VerificationStatus.Right, (await NewDownloader().VerifyAsync(result.Path)).Status);
        await File.AppendAllTextAsync(result.Path, "er");
        Assert.Equal(VerificationStatus.Wrong, (await NewDownloader().VerifyAsync(result.Path)).Status);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(Size)]
    public async Task A_file_is_checked_through_a_link_to_it(int size)
    {
        Remote.Bytes = Remote.Bytes[..size];
        var result = await DownloadAsync();
        var link = Path.Combine(Output, "link");
        File.CreateSymbolicLink(link, result.Path);

        var right = await NewDownloader().VerifyAsync(link);
        await File.AppendAllTextAsync(result.Path, "er");
        var wrong = await NewDownloader().VerifyAsync(link);

        Assert.Equal((VerificationStatus.Right, size), (right.Status, right.Bytes));
        Assert.Equal((VerificationStatus.Wrong, size + 2), (wrong.Status, wrong.Bytes));
    }

    [PermissionsFact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_file_without_read_permission_is_an_error_and_not_a_mismatch()
    {
        var result = await DownloadAsync();
        File.SetUnixFileMode(result.Path, UnixFileMode.None);

        var error = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => NewDownloader().VerifyAsync(result.Path));

        Assert.Contains(result.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_a_receipt_is_checked_against_a_given_digest()
    {
        await File.WriteAllTextAsync(Final, "123456789");

        Assert.Equal(VerificationStatus.Unknown, (await NewDownloader().VerifyAsync(Final)).Status);
        Assert.Equal(VerificationStatus.Right, (await NewDownloader().VerifyAsync(Final, [FileDigest.Parse("crc32c:e3069283")])).Status);
        Assert.Equal(VerificationStatus.Wrong, (await NewDownloader().VerifyAsync(Final, [FileDigest.Parse("crc32c:e3069284")])).Status);
    }

    private string Filled(string value) =>
        value.Replace("{right}", Md5(Remote.Bytes), StringComparison.Ordinal).Replace("{wrong}", Md5([1, 2, 3]), StringComparison.Ordinal);

    private static string Value(string header, string algorithm, byte[] bytes)
    {
        Assert.True(DigestAlgorithms.TryParse(algorithm, out var parsed));
        using var digest = RunningDigest.Start(parsed);
        digest.Append(bytes);
        var base64 = Convert.ToBase64String(Convert.FromHexString(digest.Finish().Hex));
        return header switch
        {
            "Repr-Digest" or "Content-Digest" => $"{algorithm}=:{base64}:",
            "x-goog-hash" => $"{algorithm}={base64}",
            _ => base64,
        };
    }

    [Theory]
    [InlineData("sha-256:abcd", "sha-256 has 64 hexadecimal digits, not 4; or 44 characters of base64.")]
    [InlineData("x:abcd", "There is no digest algorithm 'x': md5, sha-1, sha-256, sha-512, crc32, crc32c, crc64nvme.")]
    [InlineData("crc32:0000000g", "The value of crc32 is not hexadecimal: only 0 to 9 and a to f are allowed.")]
    [InlineData("abcd", "'abcd' is not a digest. Write algorithm:value, for example md5:d41d8cd98f00b204e9800998ecf8427e.")]
    public void The_message_for_an_invalid_digest_says_what_is_wrong(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => FileDigest.Parse(text)).Message);
}
