using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Resume;
using MlHub.Sdk.Tests.Downloads;
using RemoteFile = MlHub.Sdk.Tests.Downloads.RemoteFile;

namespace MlHub.Sdk.Tests.Fuzzing;

/// <summary>
/// Headers of any kind: ranges, lengths, validators, dates, digests, codings, cookies, waits and redirects. An input is a status and lines of headers.
/// </summary>
public sealed class HeaderFuzzTests : FuzzTest
{
    private static readonly Uri Asked = new("https://hub.example/files/data.tar.gz?id=1&sig=secret");
    private static readonly byte[] FileBytes = RandomNumberGenerator.GetBytes(100_000);
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public Task The_headers_of_any_response_are_read_and_what_is_stored_of_them_is_read_again()
    {
        using var http = new HttpMessageInvoker(new FakeHub());
        var services = new DownloadServices(http, new TransferOptions(), Clock, text => text, _ => ("", ""), NullLogger.Instance);
        return Fuzzer.RunAsync("headers", input =>
        {
            using var response = Response(input);
            using var answer = new RemoteResponse(response, Asked, Asked, services, new MemoryStream(), text => text);

            Assert.True(answer.Identity.Length is null or >= 0, $"{answer.Identity.Length}");
            Assert.True(answer.BodyStart >= 0 && RetryAfter.Read(response, Clock) is null or { Ticks: >= 0 });
            Assert.Equal(ExpectedWait(response), RetryAfter.Read(response, Clock));
            Redirects.TryFollow(response, Asked, out var next, out var whyNot);
            Assert.True(next is { Scheme: "http" or "https", UserInfo: "" } || whyNot is not null);
            _ = ContentCoding.IsStored(answer, "data.tar.gz", [0x1F, 0x8B, 8, 0]) || ErrorPages.NeedsFirstBytes(answer, "data.tar.gz");
            ErrorPages.DescribePage(answer, "data.tar.gz", "data.tar.gz", before: null, "<html>"u8);
            var cookies = new Cookies();
            cookies.Store(Asked, response);
            Assert.All(cookies.HeaderFor(Asked), letter => Assert.True(letter is '\t' or (>= ' ' and <= '~'), $"HttpClient does not send '{letter}'."));
            Assert.Equal(Likeness.OtherFile, Sameness.OfResponses(answer.Identity, answer.Identity with { Asked = 1 }, hasDigest: true).Likeness);
            Assert.False(Sameness.OfResponses(answer.Identity, answer.Identity, hasDigest: false).Differs);
            AssertIsStored(answer);
        });
    }

    [Fact]
    public Task A_call_with_any_headers_is_answered_or_fails_with_a_reason() => Fuzzer.RunAsync("calls", Corpus.Read("headers"), async input =>
    {
        var hub = new FakeHub().Answers("collections/x", _ => Response(input, """{"id": "x"}"""u8.ToArray()));
        using var client = hub.Client(change: settings => settings.MaxRetries = 0);
        try
        {
            Assert.Equal("x", (await client.Collections.GetAsync("x")).Id);
        }
        catch (MlHubException error)
        {
            Assert.NotEmpty(error.Message);
        }

        Assert.InRange(hub.Requests.Count, 1, 11);
    });

    // The body is always the right one, so that only the headers can lead to a wrong file. The digest of the caller shows it.
    [Fact]
    public async Task A_download_with_any_headers_gives_the_right_file_or_fails()
    {
        var head = Array.Empty<byte>();
        var remote = new RemoteFile(FileBytes) { Twist = (_, answer) => Changed(answer, head) };
        await using var server = new ScriptedServer(remote.Answer);
        var output = Directory.CreateTempSubdirectory("mlhub-").FullName;
        var options = new ResumableDownloaderOptions
        {
            Transfer = { RetryBaseDelay = TimeSpan.FromMilliseconds(1), MaxRetries = 1, MaxTotalRetries = 3, StallTimeout = TimeSpan.FromMinutes(2), FlushToDisk = false },
        };
        using var downloader = new ResumableDownloader(options, null, null, new ShortWaits());
        var request = new DownloadRequest { Url = server.Url("data.bin"), OutputDirectory = output, ExpectedDigests = [new FileDigest(DigestAlgorithm.Sha256, SHA256.HashData(FileBytes))] };

        await Fuzzer.RunAsync("downloads", Corpus.Read("headers"), async input =>
        {
            head = input;
            try
            {
                Assert.Equal(FileBytes, await File.ReadAllBytesAsync((await downloader.DownloadAsync(request)).Path));
            }
            catch (MlHubException error)
            {
                Assert.NotEmpty(error.Message);
            }

            foreach (var file in Directory.EnumerateFiles(output).ToList())
            {
                Assert.True(file.Contains(".mlhub-", StringComparison.Ordinal) || FileBytes.AsSpan().SequenceEqual(File.ReadAllBytes(file)), file);
                File.Delete(file);
            }
        });

        Directory.Delete(output, recursive: true);
    }

    /// <summary>A number of seconds or a date, read in another way.</summary>
    private static TimeSpan? ExpectedWait(HttpResponseMessage response)
    {
        var lines = response.Lines("Retry-After").ToList();
        return lines.Count == 1 && lines[0].Length is > 0 and < 9 && lines[0].All(char.IsAsciiDigit) ? TimeSpan.FromSeconds(int.Parse(lines[0], CultureInfo.InvariantCulture))
            : lines.Count == 1 && lines[0].Length > 9 && lines[0].All(char.IsAsciiDigit) && RetryAfter.Read(response, Clock) >= TimeSpan.FromSeconds(int.MaxValue) ? RetryAfter.Read(response, Clock)
            : lines.Count == 0 ? null
            : RetryAfter.Read(response, Clock);
    }

    /// <summary>The journal and the receipt must keep whatever a server sends, or a download cannot be resumed or compared.</summary>
    private static void AssertIsStored(RemoteResponse answer)
    {
        var blocks = Blocks.For(Math.Clamp(answer.Identity.Length ?? 1, 1, 1_000_000));
        var identity = answer.Identity with { Length = blocks.FileLength };
        var output = new ArrayBufferWriter<byte>();
        JournalFormat.Write(output, new ResumeState { Identity = identity, Digests = answer.Digests, Blocks = blocks, States = new BlockState[blocks.Count], Checksums = new ulong[blocks.Count] });
        var receipt = new Receipt
        {
            Bytes = blocks.FileLength,
            Identity = identity with { IsLastModifiedStrong = false },
            CameAt = DateTimeOffset.UnixEpoch,
            WrittenAt = DateTime.UnixEpoch,
            Digests = answer.Digests,
            BlockSize = blocks.Size,
            Seal = 1,
        };
        if (output.WrittenCount < 3000)
        {
            Assert.Equal(identity, JournalFormat.Read(output.WrittenSpan)?.Identity);
            Assert.Equal(receipt.Identity, Receipt.Read(receipt.ToBytes())?.Identity);
        }
    }

    private static HttpResponseMessage Response(byte[] input, byte[]? body = null)
    {
        var (status, headers) = Parse(input);
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body ?? []) };
        response.Content.Headers.Clear();
        foreach (var (name, value) in headers)
        {
            _ = response.Headers.TryAddWithoutValidation(name, value) || response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    private static ScriptedAnswer Changed(ScriptedAnswer answer, byte[] head)
    {
        var (status, headers) = Parse(head);
        answer.Headers.RemoveAll(own => headers.Exists(header => header.Name.Equals(own.Key, StringComparison.OrdinalIgnoreCase)));
        answer.Headers.AddRange(headers.Select(header => KeyValuePair.Create(header.Name, header.Value)));
        return answer with { Status = status == 200 ? answer.Status : status, End = ScriptedEnd.Close };
    }

    // As they come over a connection: no control characters except tabs, and one byte for each character.
    private static (int Status, List<(string Name, string Value)> Headers) Parse(byte[] input)
    {
        var lines = Encoding.Latin1.GetString(input).Split('\n');
        var status = int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 200 and <= 599 ? number : 200;
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2 && parts[0].Length > 0 && parts[0].All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'));
        return (status, [.. headers.Select(parts => (parts[0], string.Concat(parts[1].Where(letter => letter is '\t' or not (< ' ' or '\u007F'))).Trim()))]);
    }
}
