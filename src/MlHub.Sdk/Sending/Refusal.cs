using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>Turns an answer that is not a success into the exception that fits, with the server's own words.</summary>
internal static partial class Refusal
{
    /// <summary>As much of a page as is read for its words.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>As many of its words as are shown.</summary>
    private const int MaxCharacters = 500;

    public static async Task<MlHubException> ReadAsync(HttpResponseMessage response, ApiKeyGuard guard, CancellationToken cancellationToken)
    {
        using (response)
        {
            var words = await WordsAsync(response.Content, guard, cancellationToken).ConfigureAwait(false);
            return Exception(response, guard, words);
        }
    }

    private static MlHubException Exception(HttpResponseMessage response, ApiKeyGuard guard, string? words)
    {
        var status = response.StatusCode;
        var requested = response.RequestMessage?.RequestUri;
        var url = UrlRedaction.Redact(requested);
        var said = words is null ? "" : $" The server says: {words}";
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new MlHubAuthenticationException(
                $"{url}: {KeyTrouble(requested, guard)} ({(int)status}).{said}")
            {
                StatusCode = status,
                RequestUrl = url,
                ServerMessage = words,
            },
            HttpStatusCode.NotFound => new EntityDoesNotExistException($"{url} does not exist (404).{said}")
            {
                StatusCode = status,
                RequestUrl = url,
                ServerMessage = words,
            },
            _ => new MlHubException($"{url} failed with status {(int)status} {response.ReasonPhrase}.{said}")
            {
                StatusCode = status,
                RequestUrl = url,
                ServerMessage = words,
            },
        };
    }

    private static string KeyTrouble(Uri? requested, ApiKeyGuard guard) =>
        requested switch
        {
            not null when guard.Admits(requested) => "the API key was refused; give another one",
            not null when guard.HasKey && guard.IsUnderRoot(requested) =>
                "an API key is needed, and it was withheld because plain http would show it to everyone on the way; use an https root URL",
            not null when guard.IsUnderRoot(requested) => "an API key is needed, and none was sent; give one",
            _ => "access was refused; the API key is sent to requests under the root URL alone",
        };

    private static async Task<string?> WordsAsync(HttpContent content, ApiKeyGuard guard, CancellationToken cancellationToken)
    {
        var text = await ReadTextAsync(content, cancellationToken).ConfigureAwait(false);
        var words = Spaces().Replace(Detail(text) ?? PlainText(text), " ").Trim();
        words = guard.Scrub(words);
        return words.Length switch
        {
            0 => null,
            > MaxCharacters => string.Concat(words.AsSpan(0, MaxCharacters), "…"),
            _ => words,
        };
    }

    private static async Task<string> ReadTextAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes];
        var filled = 0;
        try
        {
            var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                filled = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
        {
            // The status says enough; a page that breaks off only has fewer words.
            return "";
        }

        return Encoding.UTF8.GetString(buffer, 0, filled);
    }

    /// <summary>The <c>detail</c> of generation B, or the <c>message</c> or <c>description</c> that other servers send.</summary>
    private static string? Detail(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            foreach (var name in (string[])["detail", "message", "description"])
            {
                if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var detail))
                {
                    return detail.ValueKind == JsonValueKind.String ? detail.GetString() : detail.GetRawText();
                }
            }

            return text;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string PlainText(string page) => WebUtility.HtmlDecode(Tags().Replace(Invisible().Replace(page, " "), " "));

    [GeneratedRegex("<(script|style)\\b.*?</\\1\\s*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Invisible();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
