namespace MlHub.Sdk.Downloads.Remote;

/// <summary>A range to ask for, and the strong ETag that the server is to give it under (<c>If-Range</c>), if there is one.</summary>
internal sealed record RangeWish(ByteRange Range, string? IfRange);
