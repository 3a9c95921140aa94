using System.Text.Json.Serialization;

namespace MlHub.Sdk;

/// <summary>How System.Text.Json reads what the API sends, made at build time: no reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DatasetContent))]
[JsonSerializable(typeof(CollectionContent))]
[JsonSerializable(typeof(ItemContent))]
[JsonSerializable(typeof(ArchiveInfo))]
[JsonSerializable(typeof(CatalogInfo))]
internal sealed partial class StacJson : JsonSerializerContext;
