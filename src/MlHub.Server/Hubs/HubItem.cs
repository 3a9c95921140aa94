using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MlHub.Server;

/// <summary>An item or a model: a JSON object, either as bytes or parsed. The server sends bytes without parsing them into elements, which is several times as fast.</summary>
/// <example>
/// <code>
/// public async ValueTask&lt;HubItem?&gt; FindItemAsync(string collectionId, string itemId, CancellationToken cancellationToken) =>
///     await _database.FindAsync(collectionId, itemId, cancellationToken) is { } utf8 ? new HubItem(utf8) : null;
/// </code>
/// </example>
public sealed class HubItem
{
    private readonly ReadOnlyMemory<byte> _utf8;
    private StrongBox<JsonElement>? _json;

    /// <summary>Creates an item from the bytes of a JSON object, such as the content of a STAC file.</summary>
    /// <param name="utf8">The object, in valid UTF-8 without a byte order mark. The bytes must not change later.</param>
    public HubItem(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    /// <summary>Creates an item from a parsed JSON object.</summary>
    /// <param name="json">The object.</param>
    public HubItem(JsonElement json) => _json = new StrongBox<JsonElement>(json);

    /// <summary>The object. Bytes are parsed when it is first used.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public JsonElement Json => (_json ??= new StrongBox<JsonElement>(JsonElement.Parse(_utf8.Span))).Value;

    /// <summary>The object as UTF-8.</summary>
    internal ReadOnlySpan<byte> Utf8 => _utf8.IsEmpty ? JsonMarshal.GetRawUtf8Value(Json) : _utf8.Span;
}
