namespace MlHub.Sdk.Downloads.Planning;

/// <summary>A range to ask for, and the strong ETag that it is to be of (<c>If-Range</c>), if there is one.</summary>
internal sealed record RangeRequest(ByteRange Range, string? IfRange);
