namespace MlHub.Hub.Places;

/// <summary>The answer of a server.</summary>
/// <param name="Body">The body. Null if nothing has changed since the ETag of the request.</param>
/// <param name="ETag">The ETag. Null if there is none.</param>
/// <param name="MediaType">The media type. Null if there is none.</param>
internal sealed record PlaceAnswer(byte[]? Body, string? ETag, string? MediaType);
