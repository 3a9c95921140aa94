using System.IO.Hashing;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;

namespace MlHub.Sdk;

/// <summary>The request for a page: an address, and the method, headers and body from a <c>next</c> link.</summary>
/// <param name="Url">The address, without the key.</param>
internal sealed record PageRequest(Uri Url)
{
    /// <summary>GET or POST.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>The JSON body of a POST, or null.</summary>
    public string? Body { get; init; }

    /// <summary>The headers that the link requires.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>A hash of 16 bytes that identifies the request. It is short because a collection of 590,326 items has 59,033 pages.</summary>
    public UInt128 Fingerprint()
    {
        var headers = Headers.Select(header => $"{header.Key}: {header.Value}");
        var text = string.Join('\n', [$"{Method} {Url.AbsoluteUri}", .. headers, Body]);
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <summary>Creates the message, which can be sent once.</summary>
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, Url);
        foreach (var (name, value) in Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        message.Content = Body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(Body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

        // Requesting a page changes nothing at the server, regardless of the method.
        message.Options.Set(ApiRetry.IsSafe, true);
        return message;
    }
}
