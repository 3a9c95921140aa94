using System.Text.Json;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>A file of a catalogue: a STAC Catalog, Collection or Item.</summary>
/// <param name="Name">The name in the tarball, for messages.</param>
/// <param name="Path">Its safe path in the directory of the dataset, with slashes.</param>
/// <param name="Json">Its content.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record CatalogueDocument(string Name, string Path, JsonElement Json, ReadOnlyMemory<byte> Bytes)
{
    private readonly string? _type = Json.Text("type");

    internal string FileName => Path[(Path.LastIndexOf('/') + 1)..];

    internal bool IsCatalog => _type == "Catalog" || (_type is null && FileName == "catalog.json");

    // Before STAC 1.0, a collection has no type.
    internal bool IsCollection => _type == "Collection" || (_type is null && FileName == "collection.json");

    /// <summary>The address that the document gives itself; null if it has none, or only a relative one.</summary>
    internal Uri? SelfLink => Link.ReadSelf(Json);

    /// <summary>The item. Null if the document is none. An item needs only an id; without a type, it is recognized by its properties or assets.</summary>
    internal Item? ReadItem() => LooksLikeItem && EntityId.Of(Json) is not null ? Item.FromJson(Json) : null;

    private bool LooksLikeItem => _type is "Feature" || (_type is null && (Json.Object("properties") ?? Json.Object("assets")) is not null);
}
