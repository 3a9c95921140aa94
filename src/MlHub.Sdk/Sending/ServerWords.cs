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

    /// <summary>As much as is dropped of the end of a page that was not read whole. No server takes a longer key in a request, escaped or not.</summary>
    private const int MaxCut = 16 * 1024;

    /// <summary>As many of its words as are shown.</summary>
    private const int MaxCharacters = 500;

    private static readonly string[] NotFoundWords = ["not found", "does not exist", "no such", "there is no"];

    /// <summary>How long a page is waited for: the status has said the main thing already.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A server's words as the last sentence of a message; empty when there are none.</summary>
    public static string Quote(string? words) => words is null ? string.Empty : $" The server said: {words}";

    /// <summary>Whether a server's words say nothing that the status 404 does not say.</summary>
    public static bool SayOnlyNotFound(string? words) =>
        words is { Length: <= 100 } && NotFoundWords.Any(notFound => words.Contains(notFound, StringComparison.OrdinalIgnoreCase));

    /// <param name="content">The body of the refusal.</param>
    /// <param name="scrub">Takes secrets out of text.</param>
    /// <param name="clock">The clock for the patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The words on one line; null when there are none.</returns>
    public static async Task<string?> ReadAsync(
        HttpContent content, Func<string, string> scrub, TimeProvider clock, CancellationToken cancellationToken)
    {
        Stream? body = null;
        try
        {
            return await ReadAsync(
                token => async buffer =>
                {
                    body ??= await content.ReadAsStreamAsync(token).ConfigureAwait(false);
                    return await body.ReadAsync(buffer, token).ConfigureAwait(false);
                },
                scrub,
                clock,
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (body is not null)
            {
                await body.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <param name="open">Opens a body, given the token that ends reading it. It is read until 0 bytes come, or fewer when it broke.</param>
    /// <param name="scrub">Takes secrets out of text.</param>
    /// <param name="clock">The clock for the patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The words on one line; null when there are none.</returns>
    public static async Task<string?> ReadAsync(
        Func<CancellationToken, Func<Memory<byte>, ValueTask<int>>> open, Func<string, string> scrub, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var buffer = new byte[MaxBytes];
        var (filled, isWhole) = (0, false);
        try
        {
            var read = open(either.Token);
            int count;
            while (filled < buffer.Length && (count = await read(buffer.AsMemory(filled)).ConfigureAwait(false)) >= 0 && !isWhole)
            {
                filled += count;
                isWhole = count == 0;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The status says enough, and what came of the words will do.
        }

        var text = Encoding.UTF8.GetString(buffer, 0, filled);
        text = isWhole ? text : WithoutHalfKey(scrub(text));
        var words = scrub(OneLine(Detail(text) ?? PlainText(text)));
        return words.Length switch
        {
            0 => null,
            > MaxCharacters => string.Concat(words.AsSpan(0, MaxCharacters), "…"),
            _ => words,
        };
    }

    /// <summary>Whole keys are gone already. The end may hold half a key, which cannot be recognized, and so the end goes.</summary>
    private static string WithoutHalfKey(string text) => text[..Math.Max(0, text.Length - MaxCut)];

    /// <summary>The <c>detail</c> of the MLHub API, or the <c>message</c> or <c>description</c> that other servers send.</summary>
    private static string? Detail(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            foreach (var name in (string[])["detail", "message", "description"])
            {
                if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var detail))
                {
                    return json.RootElement.Text(name) ?? detail.GetRawText();
                }
            }

            return text;
        }
        catch (JsonException)
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
