using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Logging;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>A server may write the key, in any spelling, into any place of its answers: the key is in nothing that the library says.</summary>
public sealed class KeyEchoTests
{
    /// <summary>How servers, proxies and frameworks write what they were sent.</summary>
    private static readonly Dictionary<string, Func<string, string>> Spellings = new(StringComparer.Ordinal)
    {
        ["as it is"] = key => key,
        ["in other case"] = key => key.ToUpperInvariant(),
        ["percent"] = Uri.EscapeDataString,
        ["percent, all of it"] = key => string.Concat(Encoding.UTF8.GetBytes(key).Select(value => $"%{value:x2}")),
        ["percent, three times"] = key => Uri.EscapeDataString(Uri.EscapeDataString(Uri.EscapeDataString(key))),
        ["percent, nine times"] = key => Enumerable.Range(0, 9).Aggregate(key, (text, _) => text.Replace("%", "%25", StringComparison.Ordinal) is var escaped && text == key ? Uri.EscapeDataString(text) : escaped),
        ["a form"] = key => WebUtility.UrlEncode(key)!,
        ["JSON"] = key => JsonEncodedText.Encode(key).ToString(),
        ["JSON, all of it"] = key => string.Concat(key.Select(c => $"\\u{(int)c:X4}")),
        ["JSON in JSON"] = key => JsonEncodedText.Encode(string.Concat(key.Select(c => $"\\u{(int)c:x4}"))).ToString(),
        ["JavaScript"] = key => string.Concat(key.Select(c => c <= 0xFF ? $"\\x{(int)c:x2}" : $"\\u{(int)c:x4}")),
        ["JavaScript, in braces"] = key => string.Concat(key.Select(c => $"\\u{{{(int)c:x}}}")),
        ["C, eight digits"] = key => string.Concat(key.Select(c => $"\\U{(int)c:x8}")),
        ["octal"] = key => string.Concat(Encoding.UTF8.GetBytes(key).Select(b => $"\\{Convert.ToString(b, 8).PadLeft(3, '0')}")),
        ["CSS"] = key => string.Concat(key.EnumerateRunes().Select(rune => $"\\{rune.Value:x} ")),
        ["CSS, six digits"] = key => string.Concat(key.EnumerateRunes().Select(rune => $"\\{rune.Value:X6}")),
        ["CSS, where necessary"] = key => string.Concat(key.Select(c => char.IsAsciiLetterOrDigit(c) || c > 0x7F ? $"{c}" : $"\\{c}")),
        ["quoted-printable"] = key => string.Concat(Encoding.UTF8.GetBytes(key).Select(b => $"={b:X2}")),
        ["quoted-printable, where necessary"] = key => string.Concat(Encoding.UTF8.GetBytes(key).Select(b => b is (byte)'=' or > 0x7E ? $"={b:X2}" : $"{(char)b}")),
        ["quoted-printable, in short lines"] = key => string.Join("= ", key.Chunk(5).Select(line => string.Concat(Encoding.UTF8.GetBytes(line).Select(b => $"={b:X2}")))),
        ["full width"] = key => string.Concat(key.Select(c => c is > ' ' and <= '~' ? (char)(c + 0xFEE0) : c)),
        ["percent of full width"] = key => Uri.EscapeDataString(string.Concat(key.Select(c => c is > ' ' and <= '~' ? (char)(c + 0xFEE0) : c))),
        ["variation selectors"] = key => string.Concat(key.Select(c => $"{c}\uFE0F")),
        ["HTML"] = key => string.Concat(key.Select(c => $"&#{(int)c};")),
        ["HTML of percent"] = key => string.Concat(Uri.EscapeDataString(key).Select(c => $"&#x{(int)c:X};")),
        ["hex"] = key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)),
        ["hex, dashes"] = key => BitConverter.ToString(Encoding.UTF8.GetBytes(key)).ToLowerInvariant(),
        ["hex of percent"] = key => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Uri.EscapeDataString(key))),
        ["base64"] = key => Convert.ToBase64String(Encoding.UTF8.GetBytes(key)),
        ["base64 after one byte"] = key => Convert.ToBase64String(Encoding.UTF8.GetBytes($":{key}")),
        ["base64 of a cursor"] = key => Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"next":"item_7","key":"{{JsonEncodedText.Encode(key)}}"}""")).TrimEnd('='),
        ["base64url"] = key => Convert.ToBase64String(Encoding.UTF8.GetBytes($"??{key}")).Replace('+', '-').Replace('/', '_'),
        ["base64 of base64"] = key => Convert.ToBase64String(Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(key)))),
        ["soft hyphens"] = key => string.Join("&shy;", key.ToCharArray()),
    };

    /// <summary>Whole answers. <c>KEY</c> is where the key stands.</summary>
    private static readonly string[] Answers =
    [
        // What is no HTTP.
        "KEY",
        "HTTP/1.1 KEY\r\n\r\n",
        "HTTP/KEY 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nKEY\r\n\r\n",
        "HTTP/1.1 200 OK\r\nKEY : x\r\n\r\n",
        "HTTP/1.1 200 OK\r\n KEY: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: KEY\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, KEY\r\n\r\n{}",

        // Chunks.
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nKEY\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{KEY\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;KEY\r\n{\r\n0 KEY\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: KEY\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-KEY\r\n\r\n2\r\n{}\r\n0\r\nX-Echo: KEY\r\nX-KEY: KEY\r\n\r\n",
        "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\nKEY\r\n",

        // Status and headers.
        "HTTP/1.1 200 KEY\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 404 KEY\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 503 KEY\r\nRetry-After: KEY\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-KEY: KEY\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Type: text/KEY\r\nContent-Length: 2\r\n\r\n<>",
        "HTTP/1.1 200 OK\r\nContent-Type: KEY/html; charset=KEY\r\nContent-Length: 2\r\n\r\n<>",
        "HTTP/1.1 200 OK\r\nContent-Encoding: KEY\r\nContent-Length: 2\r\n\r\n<>",
        "HTTP/1.1 200 OK\r\nContent-Encoding: zstd, KEY\r\nContent-Length: 2\r\n\r\n<>",
        "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 20\r\n\r\nKEY..................",
        "HTTP/1.1 200 OK\r\nETag: \"KEY\"\r\nContent-MD5: KEY\r\nDigest: md5=KEY\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 206 OK\r\nContent-Range: bytes KEY\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 202 OK\r\nRetry-After: KEY\r\nContent-Length: 5000\r\n\r\n{\"detail\": \"KEY\"}",
        "HTTP/1.1 201 OK\r\nLocation: /x?key=KEY\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nSet-Cookie: KEY=KEY; Domain=KEY\r\nLink: <KEY>; rel=next\r\nContent-Length: 2\r\n\r\n{}",

        // Redirects.
        "HTTP/1.1 302 Found\r\nLocation: KEY\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: KEY://x/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://KEY/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://KEY.invalid/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://KEY:KEY@127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/KEY/x\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x?KEY\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x?KEY=1&key=KEY\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x?limit=KEY&text=KEY\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login?return_to=%2Fx%3Fkey%3DKEY#KEY\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: ?KEY=KEY&limit=KEY\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: KEY/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 KEY\r\nX-KEY: KEY\r\nContent-Length: 0\r\n\r\n",

        // Bodies of refusals.
        "HTTP/1.1 401 No\r\nContent-Type: application/json\r\n\r\n{\"detail\": \"no such key: KEY\"}",
        "HTTP/1.1 403 No\r\nContent-Type: application/json\r\n\r\n{\"detail\": {\"KEY\": [\"KEY\"]}}",
        "HTTP/1.1 404 No\r\nContent-Type: application/json\r\n\r\n{\"KEY\": 1}",
        "HTTP/1.1 400 No\r\nContent-Type: application/json\r\n\r\n{\"message\": \"KEY",
        "HTTP/1.1 500 No\r\nContent-Type: text/html\r\n\r\n<html><title>KEY</title><a href=\"/x?key=KEY\">KEY</a></html>",
        "HTTP/1.1 410 No\r\nContent-Type: text/plain\r\n\r\nGone: /mlhub/v1/x?key=KEY&limit=3",
        "HTTP/1.1 404 No\r\nContent-Type: text/html\r\n\r\n<p class='KEY'>no<!-- KEY --> entry</p>",

        // JSON that is odd.
        "HTTP/1.1 200 OK\r\n\r\n{\"KEY\": KEY}",
        "HTTP/1.1 200 OK\r\n\r\n{\"id\": \"crops\", \"KEY\": {\"KEY\": [nul KEY",
        "HTTP/1.1 200 OK\r\n\r\n[{\"id\": 5, \"KEY\": \"KEY\"}]",
        "HTTP/1.1 200 OK\r\n\r\n{\"id\": \"KEY\", \"collections\": {\"KEY\": 3}}",
        "HTTP/1.1 200 OK\r\n\r\n{\"type\": \"Feature\", \"id\": \"i\", \"properties\": {\"KEY\": 1}, \"assets\": {\"KEY\": {\"href\": {\"KEY\": 1}}}}",
        "HTTP/1.1 200 OK\r\n\r\n{\"features\": [{\"type\": \"Feature\", \"id\": \"i\", \"properties\": {}, \"assets\": {\"KEY\": {\"href\": 3}}}]}",
        "HTTP/1.1 200 OK\r\n\r\n{\"features\": [{\"KEY\": \"KEY\"}]}",

        // Next links.
        .. new[]
        {
            "KEY", "KEY://x/", "http://KEY/", "http://KEY.invalid/x", "http://KEY@127.0.0.1:1/", "http://127.0.0.1:1/KEY", "http://127.0.0.1:1/?KEY=1", "?KEY", "?KEY=KEY", "?limit=KEY&text=KEY", "#KEY", "KEY/KEY",
        }.Select(link => $"HTTP/1.1 200 OK\r\n\r\n{{\"features\": [{{\"type\": \"Feature\", \"id\": \"i\", \"properties\": {{}}}}], \"links\": [{{\"rel\": \"next\", \"href\": \"{link}\"}}]}}"),
    ];

    [Theory]
    [InlineData("as it is")]
    [InlineData("percent")]
    [InlineData("JSON, all of it")]
    [InlineData("base64 after one byte")]
    [InlineData("octal")]
    [InlineData("JavaScript, in braces")]
    [InlineData("C, eight digits")]
    [InlineData("variation selectors")]
    [InlineData("CSS")]
    [InlineData("CSS, six digits")]
    [InlineData("quoted-printable")]
    [InlineData("quoted-printable, in short lines")]
    [InlineData("full width")]
    [InlineData("percent of full width")]
    public async Task A_key_in_any_place_does_not_appear_in_messages(string spelling)
    {
        foreach (var answer in Answers)
        {
            await AssertSecretAsync("s3cr3t/kéy+with=odd&chars%", spelling, answer);
        }
    }

    [Property(MaxTest = 150)]
    public Property Any_key_in_any_place_and_any_spelling_is_in_no_message()
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=%&?#\"'\\<>:;,{}[]()!@$^*| äß€";
        var keys = Gen.Choose(8, 60).SelectMany(length => Gen.Elements(Letters.ToCharArray()).ArrayOf(length)).Select(letters => $"Q{new string(letters)}7");
        return Prop.ForAll(
            keys.ToArbitrary(),
            // The rarest spellings are only tried with the key of the cases above.
            Gen.Elements(Spellings.Keys.Except(["octal", "JavaScript, in braces", "C, eight digits", "variation selectors"]).ToArray()).ToArbitrary(),
            Gen.Elements(Answers).ToArbitrary(),
            (key, spelling, answer) => AssertSecretAsync(key, spelling, answer).GetAwaiter().GetResult());
    }

    [Fact]
    public async Task Without_a_key_every_response_is_read_or_is_an_error()
    {
        foreach (var answer in Answers)
        {
            using var server = LoopbackServer.Answering(answer);

            Assert.NotEmpty(await EverythingSaidAsync(key: null, server.Port));
        }
    }

    private static async Task AssertSecretAsync(string key, string spelling, string answer)
    {
        var echoed = Spellings[spelling](key);
        using var server = new LoopbackServer(async stream =>
        {
            await LoopbackServer.ReadHeadAsync(stream);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer.Replace("KEY", echoed, StringComparison.Ordinal)));
        });
        var said = await EverythingSaidAsync(key, server.Port, echoed);
        foreach (var trace in TracesOf(key, echoed))
        {
            // Base64 of base64 is lost where a host name loses its case.
            var comparison = trace == echoed && spelling == "base64 of base64" ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            Assert.False(said.Contains(trace, comparison), $"'{trace}' ({spelling}) came out of {answer}:\n{said}");
        }
    }

    /// <summary>What nobody may read: the key, the key as it was echoed, and what is left of either when its escapes or its breaks are undone.</summary>
    private static IEnumerable<string> TracesOf(string key, string echoed)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return new[]
        {
            key, echoed, WebUtility.HtmlDecode(echoed), Uri.UnescapeDataString(echoed), Uri.EscapeDataString(key), Convert.ToHexString(bytes), BitConverter.ToString(bytes),
            BitConverter.ToString(Encoding.UTF8.GetBytes(echoed)), Encoding.Latin1.GetString(bytes), Convert.ToBase64String(bytes).TrimEnd('='),
        }.Select(trace => trace.Trim()).Where(trace => trace.Length >= 8);
    }

    /// <summary>An item with one asset under the root URL, one elsewhere, and one that cannot be fetched, which are called what the server echoed.</summary>
    private static Item ItemWithAssets(MlHubClient client, string echoed) => Item.FromJson(
        JsonSerializer.SerializeToElement(new
        {
            id = echoed,
            collection = "c",
            assets = new Dictionary<string, object> { ["1"] = new { href = $"{client.RootUrl}files/1.tif" }, ["2"] = new { href = "http://127.0.0.1:1/2.tif" }, [echoed] = new { href = $"file:///{echoed}" } },
        }),
        client);

    /// <summary>
    /// All messages of exceptions, records of logs, tags of traces and headers of answers, for every kind of request. Lists are left after some entries, because a
    /// relative link on every page can make a list without an end: each address is longer than the one before.
    /// </summary>
    private static async Task<string> EverythingSaidAsync(string? key, int port, string echoed = "k")
    {
        var said = new StringBuilder();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "MlHub.Sdk",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (said)
                {
                    said.AppendJoin(' ', activity.TagObjects).AppendLine(activity.DisplayName);
                }
            },
        };
        ActivitySource.AddActivityListener(traces);
        var directory = Directory.CreateTempSubdirectory("mlhub-").FullName;
        var options = new MlHubClientOptions
        {
            ApiKey = key,
            Profile = key is null ? MlHubSettings.AnonymousProfile : null,
            RootUrl = new Uri($"http://127.0.0.1:{port}/mlhub/v1/"),
            Home = directory,
            Transfer = new TransferOptions { MaxRetries = 1, RetryBaseDelay = TimeSpan.Zero, MaxRetryAfter = TimeSpan.Zero, FlushToDisk = false },
        };
        using var client = new MlHubClient(options, loggerFactory: new Log(said));
        var item = ItemWithAssets(client, echoed);
        foreach (var ask in (Func<Task>[])
        [
            () => client.Datasets.GetByIdAsync("crops"),
            () => client.Datasets.ListAsync().Take(50).CountAsync().AsTask(),
            () => client.Collections.GetAsync("c"),
            () => client.Collections.GetItemAsync("c", "i"),
            () => client.Collections.ListItemsAsync("c").Take(50).CountAsync().AsTask(),
            () => client.GetJsonAsync("x?limit=3"),
            () => client.Archives.DownloadAsync("c", directory),
            () => client.OpenReadAsync(new Uri(client.RootUrl, "files/1.tif")),
            () => item.OpenReadAsync("1"),
            () => item.OpenReadAsync(echoed),
            () => item.DownloadAsync(directory),
            async () => Assert.All(await client.Assets.DownloadAsync(new[] { item }.ToAsyncEnumerable(), directory).ToListAsync(), outcome => SayAll(outcome.Error)),
            async () =>
            {
                using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "x"));
                Say(response.ToString());
                await response.Content.CopyToAsync(Stream.Null);
                Say(response.ToString() + response.TrailingHeaders);
            },
        ])
        {
            try
            {
                await ask();
            }
            catch (Exception e) when (e is MlHubException or IOException or HttpRequestException)
            {
                SayAll(e);
            }
        }

        // Nothing that lies on the disk is named by the key, but for what came from the server under that name.
        Directory.Delete(directory, recursive: true);
        lock (said)
        {
            return said.ToString();
        }

        void SayAll(Exception? e)
        {
            for (var cause = e; cause is not null; cause = cause.InnerException)
            {
                Say($"{cause.GetType().Name}: {cause.Message}");
            }

            Say($"{e}");
            Say(e is MlHubException hub ? $"{hub.RequestUrl?.OriginalString} {hub.ServerMessage} {(hub as DownloadException)?.Path}" : "");
            foreach (var (name, failure) in (e as DownloadsFailedException)?.Failures ?? new Dictionary<string, MlHubException>())
            {
                Say(name);
                SayAll(failure);
            }
        }

        void Say(string text)
        {
            lock (said)
            {
                said.AppendLine(text);
            }
        }
    }

    private sealed class Log(StringBuilder said) : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (said)
            {
                said.AppendLine(formatter(state, exception)).AppendLine(exception?.ToString()).AppendLine(state?.ToString());
                foreach (var value in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
                {
                    said.AppendLine(CultureInfo.InvariantCulture, $"{value.Key}={value.Value}");
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
