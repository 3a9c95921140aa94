using System.Text.Json.Serialization;

namespace MlHub.Server;

/// <summary>The bodies of the API that are not a hub's own JSON, written by generated code.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ArchiveBody))]
[JsonSerializable(typeof(CatalogBody))]
[JsonSerializable(typeof(FailureBody))]
internal sealed partial class ApiJson : JsonSerializerContext;

internal sealed record ArchiveBody(string Collection, string Dataset, long Size, IReadOnlyList<string> Types);

internal sealed record CatalogBody(string Dataset, long StacCatalogSize, long EstimatedDatasetSize);

internal sealed record FailureBody(string Detail);
