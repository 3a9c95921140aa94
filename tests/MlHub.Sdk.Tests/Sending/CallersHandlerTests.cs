using System.Net;

namespace MlHub.Sdk.Tests.Sending;

/// <summary>A handler that acts by itself is refused when it is given, not when a key has gone to another host.</summary>
public sealed class CallersHandlerTests
{
    private static readonly MlHubClientOptions Options = new() { ApiKey = "k", RootUrl = new Uri("http://127.0.0.1:1/") };

    public static TheoryData<HttpMessageHandler, string> SelfWilled() => new()
    {
        { new HttpClientHandler(), "AllowAutoRedirect to false" },
        { new SocketsHttpHandler(), "AllowAutoRedirect to false" },
        { new Passing(new Passing(new HttpClientHandler())), "AllowAutoRedirect to false" },
        { new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.GZip }, "AutomaticDecompression to DecompressionMethods.None" },
        { new Passing(new HttpClientHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All }), "AutomaticDecompression to DecompressionMethods.None" },
    };

    [Theory]
    [MemberData(nameof(SelfWilled), DisableDiscoveryEnumeration = true)]
    public void A_handler_that_follows_redirects_or_decompresses_is_rejected_with_advice(HttpMessageHandler handler, string advice)
    {
        foreach (var construct in (Func<IDisposable>[])[() => new MlHubClient(Options, handler), () => new ResumableDownloader(null, handler)])
        {
            var error = Assert.Throws<ArgumentException>(construct);

            Assert.Equal("handler", error.ParamName);
            Assert.Contains($"Set its {advice}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_handler_that_neither_follows_redirects_nor_decompresses_is_accepted()
    {
        using var sockets = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var chain = new Passing(new HttpClientHandler { AllowAutoRedirect = false });

        using var client = new MlHubClient(Options, sockets);
        using var downloader = new ResumableDownloader(null, chain);
    }

    private sealed class Passing(HttpMessageHandler inner) : DelegatingHandler(inner);
}
