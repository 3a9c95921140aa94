using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The server's own words in a refusal: the <c>detail</c> of its JSON, or its page without the markup.</summary>
internal static partial class RefusalText
{
    private const int MostBytes = 16 * 1024;
    private const int MostCharacters = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    internal static async Task<string?> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            var buffer = new byte[MostBytes];
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, either.Token).ConfigureAwait(false);
            return Understand(System.Text.Encoding.UTF8.GetString(buffer, 0, length));
        }
        catch (Exception unreadable) when (unreadable is IOException or HttpRequestException
            || (unreadable is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The status says enough; words that cannot be read are no second error.
            return null;
        }
    }

    internal static string? Understand(string body)
    {
        var text = Detail(body) ?? WhiteSpace().Replace(Markup().Replace(body, " "), " ").Trim();
        return text.Length == 0 ? null : text.Length <= MostCharacters ? text : text[..MostCharacters];
    }

    private static string? Detail(string body)
    {
        if (!body.AsSpan().TrimStart().StartsWith("{"))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("detail", out var detail) && detail.ValueKind == JsonValueKind.String ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("<(script|style)[^>]*>.*?</\\1>|<[^>]*>", RegexOptions.Singleline | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Markup();

    [GeneratedRegex("\\s+", RegexOptions.None, 1000)]
    private static partial Regex WhiteSpace();
}
