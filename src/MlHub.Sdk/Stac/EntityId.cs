using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>The id, which is the only required field of an entity.</summary>
internal static class EntityId
{
    /// <summary>The id, or null. A number is an id too (RFC 7946 §3.2), exactly as the server wrote it. An empty text is not an id. Invalid Unicode becomes U+FFFD.</summary>
    public static string? Of(JsonElement json) => json.Field("id") switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        { } text when JsonFields.AsMendedText(text) is { Length: > 0 } id => id,
        _ => null,
    };

    /// <summary>The exception for an entity without a client that must fetch data.</summary>
    public static InvalidOperationException NoClient(string id) => new($"'{id}' was created without a client: pass a client to FromJson.");

    /// <exception cref="MlHubException">There is no id.</exception>
    public static string Require(JsonElement json, string what) => Of(json) ?? throw ApiBody.WrongShape($"{what}: it has no id");
}
