using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>Reads the error message of a server: the <c>detail</c> of its JSON, or its page without the markup. The key is removed.</summary>
internal static partial class ServerWords
{
    /// <summary>The maximum number of bytes of a page that are read.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>
    /// The number of bytes removed from the end of a page that was not read completely. No server accepts a longer key in a request, escaped or not.
    /// </summary>
    private const int MaxCut = 16 * 1024;

    /// <summary>The maximum length of the message.</summary>
    private const int MaxCharacters = 500;

    private static readonly string[] NotFoundWords = ["not found", "does not exist", "no such", "there is no"];

    /// <summary>The maximum wait for a page. It is short, because the status already contains the main information.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The server's message as the last sentence of a message of this library. Empty if there is none.</summary>
    public static string Quote(string? words) => words is null ? string.Empty : $" The server said: {words}";

    /// <summary>Whether a server's words say nothing that the status 404 does not say.</summary>
    public static bool SayOnlyNotFound(string? words) =>
        words is { Length: <= 100 } && NotFoundWords.Any(notFound => words.Contains(notFound, StringComparison.OrdinalIgnoreCase));

    /// <param name="content">The body of the error response.</param>
    /// <param name="scrub">Removes secrets from text.</param>
    /// <param name="clock">The clock for the maximum wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The message on one line. Null if there is none.</returns>
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

    /// <param name="open">
    /// Opens a body, with the token that cancels reading it. It is read until a read returns 0 bytes, or a negative number if the body broke.
    /// </param>
    /// <param name="scrub">Removes secrets from text.</param>
    /// <param name="clock">The clock for the maximum wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The message on one line. Null if there is none.</returns>
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
            // The status is sufficient. The part of the message that was received is used.
        }

        var text = Encoding.UTF8.GetString(buffer, 0, filled);
        text = isWhole ? text : WithoutIncompleteKey(scrub(text));
        var words = scrub(OneLine(Detail(text) ?? PlainText(text)));
        return words.Length switch
        {
            0 => null,
            > MaxCharacters => string.Concat(words.AsSpan(0, char.IsHighSurrogate(words[MaxCharacters - 1]) ? MaxCharacters - 1 : MaxCharacters), "…"),
            _ => words,
        };
    }

    /// <summary>Complete keys are already removed. The end may contain an incomplete key, which cannot be recognized, so the end is removed.</summary>
    private static string WithoutIncompleteKey(string text) => text[..Math.Max(0, text.Length - MaxCut)];

    /// <summary>The <c>detail</c> of the MLHub API, or the <c>message</c> or <c>description</c> that other servers send.</summary>
    private static string? Detail(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            foreach (var name in (string[])["detail", "message", "description"])
            {
                if (json.RootElement.Field(name) is { } detail)
                {
                    return JsonFields.AsText(detail) ?? detail.ToText();
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
            // A page that is crafted to be slow to parse is ignored.
            return "";
        }
    }

    /// <summary>Joins the text to one line, split at all white space. Other control characters are written out.</summary>
    private static string OneLine(string text) => VisibleText.Of(string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)));

    [GeneratedRegex("<(script|style)\\b.*?(?:</\\1\\s*>|\\z)", RegexOptions.Singleline | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Invisible();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Tags();
}
