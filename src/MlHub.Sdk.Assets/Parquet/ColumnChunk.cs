namespace MlHub.Sdk.Assets.Parquet;

/// <summary>The values of a column in a row group, as the end of the file describes them.</summary>
internal sealed record ColumnChunk(ColumnValues Column, long Offset, long Values, long Size, long CompressedSize, long Nulls, byte[]? Least, byte[]? Most);
