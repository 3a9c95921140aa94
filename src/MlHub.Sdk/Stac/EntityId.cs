using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>The one field that an entity cannot do without.</summary>
internal static class EntityId
{
    /// <summary>
    /// The id, or null. A number is an id too (RFC 7946 §3.2), in the digits of the server; an empty text is none. What is not Unicode is U+FFFD: an entity is
    /// worth more than a letter of its id.
    /// </summary>
    public static string? Of(JsonElement json) => json.Field("id") switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        { } text when JsonFields.AsMendedText(text) is { Length: > 0 } id => id,
        _ => null,
    };

    /// <summary>What an entity says that was read without a client, and of which something is to be fetched.</summary>
    public static InvalidOperationException NoClient(string id) => new($"'{id}' was read without a client: give one to FromJson.");

    /// <exception cref="MlHubException">There is no id.</exception>
    public static string Require(JsonElement json, string what) => Of(json) ?? throw ApiBody.WrongShape($"{what}: it has no id");
}
