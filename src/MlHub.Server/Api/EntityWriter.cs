using System.Buffers;
using System.Text.Json;

namespace MlHub.Server;

/// <summary>
/// Makes of the JSON of an entity what the API sends: with structural links, and with absolute URLs. The entity is read once from beginning to end, and all other bytes are copied, so the
/// digits of numbers stay as they are.
/// </summary>
/// <param name="urls">The URLs of the server.</param>
/// <param name="fields">The fields that are written; null for all.</param>
internal sealed class EntityWriter(HubUrls urls, FieldSelection? fields) : IDisposable
{
    // In STAC files, these links point to other files. The server replaces them by links to its own responses.
    private static readonly string[] Structural = ["self", "root", "parent", "collection", "items", "item", "child"];

    // What Uri.EscapeDataString leaves as it is.
    private static readonly SearchValues<byte> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    private readonly ResponseBuffer _output = new();
    private readonly byte[] _storage = JsonResponse.Encode(urls.Storage);
    private readonly byte[] _root = JsonResponse.Encode(urls.Root);

    // The links of an item, up to its id. Most items of a page are of the same collection.
    private byte[] _collection = [];
    private byte[]? _itemLinks;

    /// <summary>An item.</summary>
    /// <returns>The bytes, until the next entity is written.</returns>
    public ReadOnlySpan<byte> Item(ReadOnlySpan<byte> item)
    {
        var copy = Begin(item, out var id, out var collection, out var links);
        if (HasLinks)
        {
            BeginLinks(ref copy);
            _output.Write(ItemLinks(collection));
            WriteSegment(id);
            _output.Write("\"}"u8);
            EndLinks(ref copy, links);
        }

        _output.Write("}"u8);
        return _output.WrittenSpan;
    }

    /// <summary>A collection.</summary>
    /// <returns>The bytes, until the next entity is written.</returns>
    public ReadOnlySpan<byte> Collection(ReadOnlySpan<byte> collection)
    {
        var copy = Begin(collection, out var token, out _, out var links);
        if (HasLinks)
        {
            BeginLinks(ref copy);
            var id = TextOf(token);
            _output.Write(JsonResponse.Bytes(json =>
            {
                json.WriteStartArray();
                StacWriter.CollectionLinks(json, urls, id);
                StacWriter.Link(json, "self", JsonResponse.Json, urls.Collection(id));
                StacWriter.Link(json, HubUrls.QueryablesRelation, JsonResponse.JsonSchema, urls.CollectionQueryables(id));
                json.WriteEndArray();
            }).AsSpan()[..^1]);
            EndLinks(ref copy, links);
        }

        _output.Write("}"u8);
        return _output.WrittenSpan;
    }

    public void Dispose() => _output.Dispose();

    private bool HasLinks => fields?.Keeps("links", fields.HasDefault, out _, out _) != false;

    // Writes all but the links and the end. Gives the tokens of the id and the collection, and the links of the entity. If a name is there twice, the last one counts.
    private JsonCopy Begin(ReadOnlySpan<byte> entity, out ReadOnlySpan<byte> id, out ReadOnlySpan<byte> collection, out ReadOnlySpan<byte> links)
    {
        _output.Clear();
        id = collection = links = [];
        var copy = new JsonCopy(entity, _output);
        var reader = new Utf8JsonReader(entity);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("An entity is a JSON object.");
        }

        copy.BeginObject(in reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("links"u8))
            {
                links = copy.LeaveOut(ref reader);
                continue;
            }

            var (path, isSelected, isWhole) = (default(string), true, true);
            if (fields is not null && !fields.Keeps(path = reader.GetString()!, fields.HasDefault, out isSelected, out isWhole))
            {
                copy.LeaveOut(ref reader);
                continue;
            }

            copy.BeginMember(in reader);
            if (reader.ValueTextEquals("assets"u8))
            {
                reader.Read();
                Assets(ref reader, ref copy, isSelected);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                id = JsonCopy.Value(entity, ref reader);
            }
            else if (reader.ValueTextEquals("collection"u8))
            {
                collection = JsonCopy.Value(entity, ref reader);
            }
            else
            {
                reader.Read();
                if (isWhole || reader.TokenType != JsonTokenType.StartObject)
                {
                    reader.Skip();
                }
                else
                {
                    Parts(ref reader, ref copy, path!, isSelected);
                }
            }

            copy.EndMember(in reader);
        }

        copy.EndMembers();
        return copy;
    }

    private void Assets(ref Utf8JsonReader reader, ref JsonCopy copy, bool isSelected)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        if (fields is not null)
        {
            copy.BeginObject(in reader);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (fields?.Keeps("assets." + reader.GetString(), isSelected, out _, out _) == false)
            {
                copy.LeaveOut(ref reader);
                continue;
            }

            if (fields is not null)
            {
                copy.BeginMember(in reader);
            }

            reader.Read();
            Asset(ref reader, ref copy);
            if (fields is not null)
            {
                copy.EndMember(in reader);
            }
        }

        if (fields is not null)
        {
            copy.EndObject(in reader);
        }
    }

    private void Asset(ref Utf8JsonReader reader, ref JsonCopy copy)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isHref = reader.ValueTextEquals("href"u8);
            reader.Read();
            if (isHref && IsRelative(in reader))
            {
                copy.InsertInText(in reader, _storage);
            }

            reader.Skip();
        }
    }

    // The selected members of an object.
    private void Parts(ref Utf8JsonReader reader, ref JsonCopy copy, string path, bool inherited)
    {
        copy.BeginObject(in reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var memberPath = $"{path}.{reader.GetString()}";
            if (!fields!.Keeps(memberPath, inherited, out var isSelected, out var isWhole))
            {
                copy.LeaveOut(ref reader);
                continue;
            }

            copy.BeginMember(in reader);
            reader.Read();
            if (isWhole || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
            }
            else
            {
                Parts(ref reader, ref copy, memberPath, isSelected);
            }

            copy.EndMember(in reader);
        }

        copy.EndObject(in reader);
    }

    private void BeginLinks(ref JsonCopy copy) => _output.Write(copy.HasMembers ? ",\"links\":"u8 : "\"links\":"u8);

    // The links of the entity itself, after the structural ones.
    private void EndLinks(ref JsonCopy copy, ReadOnlySpan<byte> links)
    {
        var reader = new Utf8JsonReader(links);
        if (links.Length > 0 && reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                OwnLink(links, ref reader, copy.IsSpacious);
            }
        }

        _output.Write("]"u8);
    }

    private void OwnLink(ReadOnlySpan<byte> links, ref Utf8JsonReader reader, bool isSpacious)
    {
        var (start, href, isStructural) = ((int)reader.TokenStartIndex, -1, false);
        while (reader.TokenType != JsonTokenType.EndObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isHref, isRelation) = (reader.ValueTextEquals("href"u8), reader.ValueTextEquals("rel"u8));
            reader.Read();
            if (isHref)
            {
                href = IsRelative(in reader) ? (int)reader.TokenStartIndex : -1;
            }
            else if (isRelation)
            {
                isStructural = reader.TokenType == JsonTokenType.String && IsStructural(in reader);
            }

            reader.Skip();
        }

        if (isStructural)
        {
            return;
        }

        _output.Write(","u8);
        var copy = new JsonCopy(links, _output, isSpacious);
        copy.From(start);
        if (href >= 0)
        {
            copy.InsertInText(href, _root);
        }

        copy.UpTo((int)reader.BytesConsumed);
    }

    private static bool IsStructural(in Utf8JsonReader reader)
    {
        foreach (var relation in Structural)
        {
            if (reader.ValueTextEquals(relation))
            {
                return true;
            }
        }

        return false;
    }

    // A relative path has no colon in its first segment (RFC 3986 §4.2).
    private static bool IsRelative(in Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        if (reader.ValueIsEscaped)
        {
            return !HubUrls.IsAbsolute(reader.GetString()!);
        }

        var end = reader.ValueSpan.IndexOfAny((byte)':', (byte)'/');
        return end <= 0 || reader.ValueSpan[end] != ':';
    }

    private ReadOnlySpan<byte> ItemLinks(ReadOnlySpan<byte> collection)
    {
        if (_itemLinks is null || !collection.SequenceEqual(_collection))
        {
            var id = collection.Length > 0 && collection[0] == '"' ? TextOf(collection) : "";
            _collection = collection.ToArray();
            _itemLinks = JsonResponse.Bytes(json =>
            {
                json.WriteStartArray();
                StacWriter.Link(json, "collection", JsonResponse.Json, urls.Collection(id));
                StacWriter.Link(json, "parent", JsonResponse.Json, urls.Collection(id));
                StacWriter.Link(json, "root", JsonResponse.Json, urls.Root);
                StacWriter.Link(json, "self", JsonResponse.GeoJson, urls.Item(id, ""));
                json.WriteEndArray();
            })[..^3];
        }

        return _itemLinks;
    }

    private void WriteSegment(ReadOnlySpan<byte> token)
    {
        if (token is not [(byte)'"', .. var text, (byte)'"'] || text.ContainsAnyExcept(Unreserved) || text is [(byte)'.'] or [(byte)'.', (byte)'.'])
        {
            _output.Write(JsonResponse.Encode(HubUrls.Segment(TextOf(token))));
        }
        else
        {
            _output.Write(text);
        }
    }

    private static string TextOf(ReadOnlySpan<byte> token)
    {
        var reader = new Utf8JsonReader(token);
        reader.Read();
        return reader.GetString() ?? throw new JsonException("An id of an entity is null.");
    }
}
