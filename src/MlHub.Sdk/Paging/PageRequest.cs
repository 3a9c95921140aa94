using System.IO.Hashing;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;

namespace MlHub.Sdk;

/// <summary>What is sent for a page: an address, and what a <c>next</c> link wants to be sent there.</summary>
/// <param name="Url">The address, without the key.</param>
internal sealed record PageRequest(Uri Url)
{
    /// <summary>GET or POST.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>The body of a POST, JSON; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>Headers that the link asks for.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Sixteen bytes by which it is known again: a collection of 590,326 items has 59,033 pages.</summary>
    public UInt128 Fingerprint()
    {
        var headers = Headers.Select(header => $"{header.Key}: {header.Value}");
        var text = string.Join('\n', [$"{Method} {Url.AbsoluteUri}", .. headers, Body]);
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <summary>A message, to be sent once.</summary>
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, Url);
        foreach (var (name, value) in Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        message.Content = Body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(Body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

        // To ask for a page changes nothing at the server, whatever the method.
        message.Options.Set(RetryHandler.IsSafe, true);
        return message;
    }
}
