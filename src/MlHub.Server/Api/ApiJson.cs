using System.Text.Json.Serialization;

namespace MlHub.Server;

/// <summary>Generated serializers for the bodies that the server itself creates.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ArchiveBody))]
[JsonSerializable(typeof(CatalogBody))]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class ApiJson : JsonSerializerContext;

internal sealed record ArchiveBody(string Collection, string Dataset, long Size, IReadOnlyList<string> Types);

internal sealed record CatalogBody(string Dataset, long StacCatalogSize, long EstimatedDatasetSize);

internal sealed record ErrorBody(string Detail);
