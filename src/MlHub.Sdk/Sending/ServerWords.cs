using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>The server's own words in a refusal: the <c>detail</c> of its JSON, or its page without the markup; never the key.</summary>
internal static partial class ServerWords
{
    /// <summary>As much of a page as is read for its words.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>As much of the end of a page that goes on as a key may be half of: no server takes one as long in a request, escaped or not.</summary>
    private const int MaxCut = 16 * 1024;

    /// <summary>As many of its words as are shown.</summary>
    private const int MaxCharacters = 500;

    /// <summary>How long a page is waited for: the status has said the main thing already.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="content">The body of the refusal.</param>
    /// <param name="scrub">Takes secrets out of text.</param>
    /// <param name="clock">The clock for the patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The words on one line; null when there are none.</returns>
    public static async Task<string?> ReadAsync(
        HttpContent content, Func<string, string> scrub, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var body = await content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                return await ReadAsync(buffer => body.ReadAsync(buffer, either.Token), scrub).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsUnreadable(e, cancellationToken))
        {
            return null;
        }
    }

    /// <param name="body">Reads the body of an answer. It ends with 0 bytes, or with fewer when it broke.</param>
    /// <param name="scrub">Takes secrets out of text.</param>
    /// <returns>The words on one line; null when there are none.</returns>
    public static async Task<string?> ReadAsync(Func<Memory<byte>, ValueTask<int>> body, Func<string, string> scrub)
    {
        var buffer = new byte[MaxBytes];
        var filled = 0;
        while (filled < buffer.Length && await body(buffer.AsMemory(filled)).ConfigureAwait(false) is > 0 and var count)
        {
            filled += count;
        }

        var text = Encoding.UTF8.GetString(buffer, 0, filled);
        text = filled < buffer.Length ? text : WithoutHalfKey(scrub(text));
        var words = scrub(OneLine(Detail(text) ?? PlainText(text)));
        return words.Length switch
        {
            0 => null,
            > MaxCharacters => string.Concat(words.AsSpan(0, MaxCharacters), "…"),
            _ => words,
        };
    }

    /// <summary>Whether words could not be read. The status says enough: that is no second error.</summary>
    private static bool IsUnreadable(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException or TimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>Whole keys are gone already; the one that the end may be in the middle of goes with the end, since half a key is not known for one.</summary>
    private static string WithoutHalfKey(string text) => text[..Math.Max(0, text.Length - MaxCut)];

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
                    return ApiBody.Text(json.RootElement, name) ?? detail.GetRawText();
                }
            }

            return text;
        }
        catch (Exception e) when (e is JsonException or MlHubException)
        {
            return null;
        }
    }

    private static string PlainText(string page)
    {
        try
        {
            return WebUtility.HtmlDecode(Tags().Replace(Invisible().Replace(page, " "), " "));
        }
        catch (RegexMatchTimeoutException)
        {
            // A page made to be slow to read is not worth its words.
            return "";
        }
    }

    /// <summary>On one line: text split at every white space, control characters included.</summary>
    private static string OneLine(string text) =>
        string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("<(script|style)\\b.*?(?:</\\1\\s*>|\\z)", RegexOptions.Singleline | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Invisible();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Tags();
}
