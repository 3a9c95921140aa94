using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FsCheck.Xunit;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>Calls say which codings they accept, and read them. Downloads accept none.</summary>
public sealed class DecodingTests
{
    private const string Refusal = """{"detail": "Dataset crops does not exist."}""";

    [Fact]
    public async Task Calls_accept_the_codings_that_they_decode_and_downloads_accept_none()
    {
        var hub = new FakeHub().Answers("datasets/crops", Json.DatasetA).Answers("archive/crops", "{}");
        using var client = hub.Client();

        await client.Datasets.GetAsync("crops");
        await Assert.ThrowsAsync<DownloadException>(() => client.Archives.DownloadAsync("crops", Path.GetTempPath()));

        Assert.Equal(["gzip, deflate, br", "identity"], hub.Messages.Select(message => message.Headers.NonValidated["Accept-Encoding"].ToString()));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZip")]
    [InlineData("x-gzip")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("br")]
    [InlineData("gzip, br")]
    [InlineData("deflate, identity, gzip")]
    [InlineData("identity")]
    [InlineData("utf-8")]
    [InlineData("")]
    public async Task A_coded_body_is_decoded_also_in_an_error_response(string coding)
    {
        var hub = new FakeHub().Answers("datasets/crops", _ => Coded(coding, Json.DatasetA)).Answers("datasets/none", _ => Coded(coding, Refusal, HttpStatusCode.NotFound));
        using var client = hub.Client();

        var dataset = await client.Datasets.GetAsync("crops");
        var error = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Datasets.GetAsync("none"));

        Assert.Equal("crops", dataset.Id);
        Assert.Equal("Dataset crops does not exist.", error.ServerMessage);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task The_error_message_of_a_refused_download_is_decoded(string coding)
    {
        var hub = new FakeHub().Answers("archive/crops", _ => Coded(coding, Refusal, HttpStatusCode.NotFound));
        using var client = hub.Client();

        var error = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Archives.DownloadAsync("crops", Path.GetTempPath()));

        Assert.Equal("Dataset crops does not exist.", error.ServerMessage);
    }

    [Fact]
    public async Task Several_gzip_members_are_one_body()
    {
        byte[] body = [.. Encode("gzip", Json.DatasetA[..30]), .. Encode("gzip", Json.DatasetA[30..])];
        var hub = new FakeHub().Answers("datasets/crops", _ => Coded("gzip", body));
        using var client = hub.Client();

        Assert.Equal("crops", (await client.Datasets.GetAsync("crops")).Id);
    }

    [Fact]
    public async Task A_body_that_a_proxy_decoded_without_removing_the_header_is_read()
    {
        var hub = new FakeHub().Answers("datasets/crops", _ => Coded("gzip", Encoding.UTF8.GetBytes(Json.DatasetA)));
        using var client = hub.Client();

        Assert.Equal("crops", (await client.Datasets.GetAsync("crops")).Id);
    }

    [Theory]
    [InlineData("zstd", "has the content coding zstd, which was not requested (accepted: gzip, deflate, br), for https://hub.example/mlhub/v1/datasets/crops.")]
    [InlineData("br", "cannot be decoded as br, for")]
    [InlineData("deflate", "cannot be decoded as deflate, for")]
    [InlineData("gzip, gzip, br, gzip, deflate", "has 5 content codings, for")]
    public async Task A_body_that_cannot_be_decoded_is_an_error_with_the_reason(string coding, string says)
    {
        var hub = new FakeHub().Answers("datasets/crops", _ => Coded(coding, [0xFF, 0xFE, 0x01, 0x02, 0x03])).Answers("datasets/none", _ => Coded(coding, [0xFF, 0xFE, 0x01], HttpStatusCode.NotFound));
        using var client = hub.Client();

        var error = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));
        var missing = await Assert.ThrowsAsync<EntityDoesNotExistException>(() => client.Datasets.GetAsync("none"));

        Assert.StartsWith($"The server's response {says}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(", for https://hub.example/mlhub/v1/datasets/crops.", error.Message, StringComparison.Ordinal);
        Assert.Null(missing.ServerMessage);
    }

    [Fact]
    public async Task A_damaged_or_truncated_gzip_body_is_an_error()
    {
        var whole = Encode("gzip", Json.DatasetA);
        var damaged = whole.ToArray();
        damaged[whole.Length / 2] ^= 0x55;
        var hub = new FakeHub().Answers("x", _ => Coded("gzip", damaged)).Answers("y", _ => Coded("gzip", whole[..(whole.Length / 2)]));
        using var client = hub.Client();

        await Assert.ThrowsAsync<MlHubException>(() => client.GetJsonAsync("x"));
        await Assert.ThrowsAsync<MlHubException>(() => client.GetJsonAsync("y"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task A_decompression_bomb_is_rejected(string coding)
    {
        // Hundreds of megabytes of spaces, or with gzip ten gigabytes, were they read.
        var hub = new FakeHub().Answers("datasets/crops", _ => Coded(coding, Bomb.Of(coding), HttpStatusCode.OK));
        using var client = hub.Client();
        var before = GC.GetTotalAllocatedBytes();

        var error = await Assert.ThrowsAsync<MlHubException>(() => client.Datasets.GetAsync("crops"));

        Assert.StartsWith("The server's response was rejected, because decoding makes it more than 500 times as long", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 800_000_000);
    }

    [Fact]
    public async Task A_long_list_that_compresses_well_is_read()
    {
        // More than may come of any body, and a hundredth of its length on its way.
        var collection = Json.Collection("c");
        var list = $$"""{"collections": [{{string.Join(',', Enumerable.Repeat(collection, 70 * 1024 * 1024 / collection.Length))}}]}""";
        var hub = new FakeHub().Answers("collections", _ => Coded("gzip", list));
        using var client = hub.Client();

        Assert.Equal(70 * 1024 * 1024 / collection.Length, await client.Collections.ListAsync().CountAsync());
    }

    [Fact]
    public async Task A_request_with_its_own_Accept_Encoding_gets_the_body_unchanged()
    {
        var coded = Encode("gzip", Json.DatasetA);
        var hub = new FakeHub().Answers("x", _ => Coded("gzip", coded)).Answers("y", _ => Coded("gzip", Refusal, HttpStatusCode.NotFound));
        using var client = hub.Client();

        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "x") { Headers = { { "Accept-Encoding", "gzip" } } });
        var error = await Assert.ThrowsAsync<EntityDoesNotExistException>(
            () => client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "y") { Headers = { { "Accept-Encoding", "gzip" } } }));

        Assert.Equal(coded, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.Equal("Dataset crops does not exist.", error.ServerMessage);
    }

    [Fact]
    public async Task A_decoded_response_has_no_coding_header_and_no_coded_length()
    {
        var hub = new FakeHub().Answers("x", _ => Coded("gzip", Json.DatasetA));
        using var client = hub.Client();

        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "x"));

        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Null(response.Content.Headers.ContentLength);
        Assert.Equal(Json.DatasetA, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_response_without_a_body_is_not_decoded(string coding)
    {
        var hub = new FakeHub().Answers("x", _ => Coded(coding, []));
        using var client = hub.Client();

        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "x"));

        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Property(MaxTest = 100)]
    public void Any_body_round_trips(byte[] body, bool zlib, bool twice)
    {
        var coding = (zlib ? "deflate" : "br") + (twice ? ", gzip" : "");
        var hub = new FakeHub().Answers("x", _ => Coded(coding, Encode(coding, body)));
        using var client = hub.Client();
        using var response = client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "x")).GetAwaiter().GetResult();

        // By single bytes, and without waiting.
        using var stream = response.Content.ReadAsStream();
        var read = new List<byte>();
        for (int next; (next = stream.ReadByte()) >= 0;)
        {
            read.Add((byte)next);
        }

        Assert.Equal(body, read);
    }

    private static HttpResponseMessage Coded(string coding, string text, HttpStatusCode status = HttpStatusCode.OK) => Coded(coding, Encode(coding, text), status);

    private static HttpResponseMessage Coded(string coding, byte[] body, HttpStatusCode status = HttpStatusCode.OK)
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding.Replace("raw ", "", StringComparison.Ordinal));
        return new HttpResponseMessage(status) { Content = content };
    }

    private static byte[] Encode(string codings, string text) => Encode(codings, Encoding.UTF8.GetBytes(text));

    private static byte[] Encode(string codings, byte[] body) => codings.Split(", ").Aggregate(body, (bytes, coding) =>
    {
        using var encoded = new MemoryStream();
        using (Stream stream = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(encoded, CompressionLevel.Optimal),
            "deflate" => new ZLibStream(encoded, CompressionLevel.Optimal),
            "raw deflate" => new DeflateStream(encoded, CompressionLevel.Optimal),
            "br" => new BrotliStream(encoded, CompressionLevel.Fastest),
            _ => new MemoryStream(),
        })
        {
            if (stream is MemoryStream)
            {
                return bytes;
            }

            stream.Write(bytes);
        }

        return encoded.ToArray();
    });

    /// <summary>A short body that decodes to gigabytes.</summary>
    private static class Bomb
    {
        private const int Blocks = 640;
        private static readonly byte[] Block = [.. Enumerable.Repeat((byte)' ', 16 * 1024 * 1024)];

        public static byte[] Of(string codings)
        {
            var bomb = Single(codings.Split(", ")[0]);
            return codings.Contains(',', StringComparison.Ordinal) ? Encode("gzip", bomb) : bomb;
        }

        private static byte[] Single(string coding)
        {
            using var encoded = new MemoryStream();
            if (coding == "gzip")
            {
                // Members of one block each, which need to be made only once.
                var member = Encode("gzip", Block);
                for (var i = 0; i < Blocks; i++)
                {
                    encoded.Write(member);
                }

                return encoded.ToArray();
            }

            using (Stream stream = coding == "br" ? new BrotliStream(encoded, CompressionLevel.Fastest) : new ZLibStream(encoded, CompressionLevel.Optimal))
            {
                for (var i = 0; i < 16; i++)
                {
                    stream.Write(Block);
                }
            }

            return encoded.ToArray();
        }
    }
}
