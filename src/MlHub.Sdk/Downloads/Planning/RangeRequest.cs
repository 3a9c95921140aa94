namespace MlHub.Sdk.Downloads.Planning;

/// <summary>A range to request, and the strong ETag of the expected version (<c>If-Range</c>), if there is one.</summary>
internal sealed record RangeRequest(ByteRange Range, string? IfRange);
