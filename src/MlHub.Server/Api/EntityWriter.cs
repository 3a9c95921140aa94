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
        var scan = new JsonScan(entity);
        scan.Value();
        if (!scan.IsObject)
        {
            throw new JsonException("An entity is a JSON object.");
        }

        copy.BeginObject(in scan);
        while (scan.Next())
        {
            if (scan.Is("links"u8))
            {
                links = copy.LeaveOut(ref scan);
                continue;
            }

            var (path, isSelected, isWhole) = (default(string), true, true);
            if (fields is not null && !fields.Keeps(path = scan.Text() ?? "", fields.HasDefault, out isSelected, out isWhole))
            {
                copy.LeaveOut(ref scan);
                continue;
            }

            copy.BeginMember(in scan);
            var (isAssets, isId, isCollection) = (scan.Is("assets"u8), scan.Is("id"u8), scan.Is("collection"u8));
            scan.Value();
            if (isAssets)
            {
                Assets(ref scan, ref copy, isSelected);
            }
            else if (isWhole || !scan.IsObject)
            {
                scan.Skip();
                id = isId ? scan.Token : id;
                collection = isCollection ? scan.Token : collection;
            }
            else
            {
                Parts(ref scan, ref copy, path!, isSelected);
            }

            copy.EndMember(in scan);
        }

        copy.EndMembers();
        return copy;
    }

    private void Assets(ref JsonScan scan, ref JsonCopy copy, bool isSelected)
    {
        if (!scan.IsObject)
        {
            scan.Skip();
            return;
        }

        if (fields is null)
        {
            while (scan.Next())
            {
                scan.Value();
                Asset(ref scan, ref copy);
            }

            return;
        }

        copy.BeginObject(in scan);
        while (scan.Next())
        {
            if (!fields.Keeps("assets." + scan.Text(), isSelected, out _, out _))
            {
                copy.LeaveOut(ref scan);
                continue;
            }

            copy.BeginMember(in scan);
            scan.Value();
            Asset(ref scan, ref copy);
            copy.EndMember(in scan);
        }

        copy.EndObject(in scan);
    }

    private void Asset(ref JsonScan scan, ref JsonCopy copy)
    {
        if (!scan.IsObject)
        {
            scan.Skip();
            return;
        }

        while (scan.Next())
        {
            var isHref = scan.Is("href"u8);
            scan.Value();
            if (isHref && IsRelative(in scan))
            {
                copy.InsertInText(scan.Start, _storage);
            }

            scan.Skip();
        }
    }

    // The selected members of an object.
    private void Parts(ref JsonScan scan, ref JsonCopy copy, string path, bool inherited)
    {
        copy.BeginObject(in scan);
        while (scan.Next())
        {
            var memberPath = $"{path}.{scan.Text()}";
            if (!fields!.Keeps(memberPath, inherited, out var isSelected, out var isWhole))
            {
                copy.LeaveOut(ref scan);
                continue;
            }

            copy.BeginMember(in scan);
            scan.Value();
            if (isWhole || !scan.IsObject)
            {
                scan.Skip();
            }
            else
            {
                Parts(ref scan, ref copy, memberPath, isSelected);
            }

            copy.EndMember(in scan);
        }

        copy.EndObject(in scan);
    }

    private void BeginLinks(ref JsonCopy copy) => _output.Write(copy.HasMembers ? ",\"links\":"u8 : "\"links\":"u8);

    // The links of the entity itself, after the structural ones.
    private void EndLinks(ref JsonCopy copy, ReadOnlySpan<byte> links)
    {
        if (links.Length > 0 && links[0] == '[')
        {
            var scan = new JsonScan(links);
            for (scan.Value(); scan.Next();)
            {
                OwnLink(links, ref scan, copy.IsSpacious);
            }
        }

        _output.Write("]"u8);
    }

    private void OwnLink(ReadOnlySpan<byte> links, ref JsonScan scan, bool isSpacious)
    {
        var (start, href, isStructural) = (scan.Start, -1, false);
        if (!scan.IsObject)
        {
            scan.Skip();
        }
        else
        {
            while (scan.Next())
            {
                var (isHref, isRelation) = (scan.Is("href"u8), scan.Is("rel"u8));
                scan.Value();
                scan.Skip();
                href = !isHref ? href : IsRelative(in scan) ? scan.Start : -1;
                isStructural = isRelation ? IsStructural(in scan) : isStructural;
            }
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

        copy.UpTo(scan.End);
    }

    // In STAC files, these links point to other files. The server replaces them by links to its own responses.
    private static bool IsStructural(in JsonScan relation) =>
        relation.Is("self"u8) || relation.Is("root"u8) || relation.Is("parent"u8) || relation.Is("collection"u8) || relation.Is("items"u8) || relation.Is("item"u8) || relation.Is("child"u8);

    // A relative path has no colon in its first segment (RFC 3986 §4.2).
    private static bool IsRelative(in JsonScan href)
    {
        if (!href.IsText)
        {
            return false;
        }

        var text = href.Token[1..^1];
        var end = text.IndexOfAny((byte)':', (byte)'/', (byte)'\\');
        return end < 0 || (text[end] == '\\' ? !HubUrls.IsAbsolute(href.Text() ?? "") : end == 0 || text[end] != ':');
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
