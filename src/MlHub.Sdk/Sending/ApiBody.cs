using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MlHub.Sdk;

/// <summary>Reads the bodies of answers. What is not the JSON that was promised is an exception that says so, never a null or an empty object.</summary>
internal static class ApiBody
{
    /// <summary>The body as one JSON value that owns its memory.</summary>
    /// <exception cref="MlHubException">The body is not JSON, or broke off.</exception>
    public static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response, ApiKeyGuard guard, CancellationToken cancellationToken)
    {
        using var document = await ParseAsync(response, guard, cancellationToken).ConfigureAwait(false);
        return document.RootElement.Clone();
    }

    /// <summary>The body as a document; what is kept of it must be cloned, so that a kept item does not keep its page.</summary>
    /// <exception cref="MlHubException">The body is not JSON, or broke off.</exception>
    public static async Task<JsonDocument> ParseAsync(HttpResponseMessage response, ApiKeyGuard guard, CancellationToken cancellationToken)
    {
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                return await JsonDocument.ParseAsync(body, default, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (JsonException e)
        {
            var type = response.Content.Headers.ContentType?.MediaType ?? "no content type";
            throw guard.Scrub(Unreadable(response, $"The server answered with something that is not whole JSON ({type})", e));
        }
        catch (UndecodableBodyException e)
        {
            throw guard.Scrub(Unreadable(response, $"The server's answer {e.Message}", e));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw guard.Scrub(Unreadable(response, "The server broke its answer off in the middle", e));
        }
        catch (TimeoutException e)
        {
            throw guard.Scrub(Unreadable(response, $"The server stopped in the middle of its answer ({e.Message})", e));
        }
    }

    /// <summary>Reads one value of a body into a type of the library's.</summary>
    /// <exception cref="MlHubException">The value has another shape.</exception>
    public static T Read<T>(JsonElement json, JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return json.Deserialize(type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw WrongShape(what, e);
        }
    }

    /// <summary>Runs what reads a shape by hand, with the same exception where the shape is another.</summary>
    /// <exception cref="MlHubException">The value has another shape.</exception>
    public static T ReadShape<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (JsonException e)
        {
            throw WrongShape(what, e);
        }
    }

    /// <summary>Refuses null among the elements of lists, where nobody expects it.</summary>
    /// <exception cref="MlHubException">A list holds a null.</exception>
    public static void RequireNoNulls(string what, params ReadOnlySpan<IEnumerable<object?>?> lists)
    {
        foreach (var list in lists)
        {
            if (list?.Contains(null) == true)
            {
                throw WrongShape($"{what}: one of its lists holds a null");
            }
        }
    }

    /// <summary>The text of a property; null where it is not there or not text.</summary>
    /// <exception cref="MlHubException">It is text that is not Unicode: half of a surrogate pair, or bytes that are not UTF-8.</exception>
    public static string? Text(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            throw WrongShape($"valid Unicode in '{name}'");
        }
    }

    /// <summary>The elements of an array.</summary>
    /// <exception cref="MlHubException">The value is not an array.</exception>
    public static JsonElement.ArrayEnumerator Elements(JsonElement json, string what) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : throw WrongShape(what);

    public static MlHubException WrongShape(string what, JsonException? e = null)
    {
        var where = e?.Path is { Length: > 1 } path ? $" at {KnownPath(path)}" : "";
        return new MlHubException($"The server's JSON is not {what}{where}. Is the root URL that of an MLHub API?");
    }

    /// <summary>The part of a path that consists of the API's own names. The keys of assets are the server's words, and could be anything, an API key too.</summary>
    private static string KnownPath(string path) =>
        path.IndexOf(".assets", StringComparison.Ordinal) is >= 0 and var at ? $"{path[..at]}.assets" : path;

    private static MlHubException Unreadable(HttpResponseMessage response, string how, Exception e)
    {
        var url = RedactedUrl.OfCall(response.RequestMessage?.RequestUri);
        return new MlHubException($"{how}, for {url}. Is the root URL that of an MLHub API?", e)
        {
            StatusCode = response.StatusCode,
            RequestUrl = url,
        };
    }
}
