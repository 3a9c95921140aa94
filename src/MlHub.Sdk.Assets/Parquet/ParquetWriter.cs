using System.Buffers.Binary;
using System.Text.Json;

namespace MlHub.Sdk.Assets.Parquet;

/// <summary>
/// Writes a Parquet file (https://parquet.apache.org/docs/file-format/) of JSON objects, one row each. It writes from the beginning to the end, so that the file may be a pipe. At most one row
/// group is in memory.
/// </summary>
internal sealed class ParquetWriter(Stream file, ColumnShape shape)
{
    private const int RowsInGroup = 10_000;
    private const long BytesInGroup = 8 * 1024 * 1024;
    private const int Optional = 1;
    private const int Repeated = 2;

    private readonly IReadOnlyList<Column> _columns = [.. shape.Fields.Select(field => new Column(field.Key, field.Value, [], defined: 0, repeated: 0))];
    private readonly List<(IReadOnlyList<ColumnChunk> Columns, long Rows)> _groups = [];
    private long _offset;
    private long _rowsInGroup;

    /// <summary>Adds a row.</summary>
    internal async Task AddAsync(JsonElement row, CancellationToken cancellationToken)
    {
        foreach (var column in _columns)
        {
            column.Add(row.Field(column.Name));
        }

        _rowsInGroup++;
        if (_rowsInGroup == RowsInGroup || (_rowsInGroup % 100 == 0 && Leaves.Sum(leaf => leaf.Size) > BytesInGroup))
        {
            await WriteGroupAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the end of the file.</summary>
    /// <param name="metadata">Texts that describe the content.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    internal async Task FinishAsync(IReadOnlyList<(string Key, string Value)> metadata, CancellationToken cancellationToken)
    {
        await WriteGroupAsync(cancellationToken).ConfigureAwait(false);
        var footer = Footer(metadata).Written;
        await file.WriteAsync(_offset == 0 ? "PAR1"u8.ToArray() : [], cancellationToken).ConfigureAwait(false);
        await file.WriteAsync(footer, cancellationToken).ConfigureAwait(false);
        var end = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(end, footer.Length);
        "PAR1"u8.CopyTo(end.AsSpan(4));
        await file.WriteAsync(end, cancellationToken).ConfigureAwait(false);
    }

    private IEnumerable<ColumnValues> Leaves => _columns.SelectMany(column => column.Leaves);

    private async Task WriteGroupAsync(CancellationToken cancellationToken)
    {
        if (_rowsInGroup == 0)
        {
            return;
        }

        var chunks = new List<ColumnChunk>();
        using var bytes = new MemoryStream();
        if (_offset == 0)
        {
            bytes.Write("PAR1"u8);
        }

        foreach (var leaf in Leaves)
        {
            chunks.Add(leaf.WriteTo(bytes, _offset + bytes.Length));
        }

        await file.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), cancellationToken).ConfigureAwait(false);
        _offset += bytes.Length;
        _groups.Add((chunks, _rowsInGroup));
        _rowsInGroup = 0;
    }

    // The numbers of the fields are those of parquet.thrift (https://github.com/apache/parquet-format).
    private CompactProtocol Footer(IReadOnlyList<(string Key, string Value)> metadata)
    {
        var footer = new CompactProtocol();
        footer.WriteFields(() =>
        {
            footer.WriteInt(1, 2);
            footer.WriteStructs(2, [.. Schema()], element => element(footer));
            footer.WriteLong(3, _groups.Sum(group => group.Rows));
            footer.WriteStructs(4, _groups, group => WriteGroup(footer, group.Columns, group.Rows));
            footer.WriteStructs(5, metadata, pair =>
            {
                footer.WriteText(1, pair.Key);
                footer.WriteText(2, pair.Value);
            });
            footer.WriteText(6, "MlHub.Sdk.Assets");
            footer.WriteStructs(7, [.. Leaves], _ => footer.WriteStruct(1, static () => { }));
        });
        return footer;
    }

    private static void WriteGroup(CompactProtocol footer, IReadOnlyList<ColumnChunk> columns, long rows)
    {
        footer.WriteStructs(1, columns, column =>
        {
            footer.WriteLong(2, column.Offset);
            footer.WriteStruct(3, () => WriteColumn(footer, column));
        });
        footer.WriteLong(2, columns.Sum(column => column.Size));
        footer.WriteLong(3, rows);
    }

    private static void WriteColumn(CompactProtocol footer, ColumnChunk chunk)
    {
        footer.WriteInt(1, TypeOf(chunk.Column.Kind));
        footer.WriteInts(2, [0, 3]); // PLAIN, RLE
        footer.WriteTexts(3, chunk.Column.Path);
        footer.WriteInt(4, 2); // GZIP
        footer.WriteLong(5, chunk.Values);
        footer.WriteLong(6, chunk.Size);
        footer.WriteLong(7, chunk.CompressedSize);
        footer.WriteLong(9, chunk.Offset);
        footer.WriteStruct(12, () =>
        {
            footer.WriteLong(3, chunk.Nulls);
            if (chunk.Least is not null)
            {
                footer.WriteBinary(5, chunk.Most);
                footer.WriteBinary(6, chunk.Least);
            }
        });
    }

    // The groups and columns, each before those in it.
    private IEnumerable<Action<CompactProtocol>> Schema()
    {
        yield return root =>
        {
            root.WriteText(4, "schema");
            root.WriteInt(5, _columns.Count);
        };
        foreach (var element in _columns.SelectMany(Elements))
        {
            yield return element;
        }
    }

    private static IEnumerable<Action<CompactProtocol>> Elements(Column column)
    {
        yield return element =>
        {
            if (column.Values is not null)
            {
                element.WriteInt(1, TypeOf(column.Kind));
            }

            element.WriteInt(3, Optional);
            element.WriteText(4, column.Name);
            if (column.Values is null)
            {
                element.WriteInt(5, column.Kind == ColumnKind.List ? 1 : column.Children.Count);
            }

            WriteMeaning(element, column.Kind);
        };
        if (column.Kind == ColumnKind.List)
        {
            yield return list =>
            {
                list.WriteInt(3, Repeated);
                list.WriteText(4, "list");
                list.WriteInt(5, 1);
            };
        }

        foreach (var element in column.Children.SelectMany(Elements))
        {
            yield return element;
        }
    }

    // BOOLEAN, INT64, DOUBLE, BYTE_ARRAY.
    private static int TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Boolean => 0,
        ColumnKind.Integer or ColumnKind.Time => 2,
        ColumnKind.Number => 5,
        _ => 6,
    };

    // Both the converted type, for old readers, and the logical type.
    private static void WriteMeaning(CompactProtocol element, ColumnKind kind)
    {
        switch (kind)
        {
            case ColumnKind.Text or ColumnKind.Json:
                element.WriteInt(6, 0); // UTF8
                element.WriteStruct(10, () => element.WriteStruct(1, static () => { }));
                break;
            case ColumnKind.List:
                element.WriteInt(6, 3);
                element.WriteStruct(10, () => element.WriteStruct(3, static () => { }));
                break;
            case ColumnKind.Time:
                element.WriteInt(6, 10); // TIMESTAMP_MICROS
                element.WriteStruct(10, () => element.WriteStruct(8, () =>
                {
                    element.WriteTrue(1);
                    element.WriteStruct(2, () => element.WriteStruct(2, static () => { }));
                }));
                break;
        }
    }
}
