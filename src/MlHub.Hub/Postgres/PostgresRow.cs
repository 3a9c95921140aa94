using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace MlHub.Hub.Postgres;

/// <summary>A row to be stored: its key, its values, and a digest by which it is compared with the row that is there.</summary>
/// <param name="Key">The id or the path.</param>
/// <param name="Values">The values: texts, numbers, bytes or null.</param>
internal sealed record PostgresRow(string Key, object?[] Values)
{
    // An index page of PostgreSQL has room for about 2,700 bytes of a key.
    private const int LongestText = 2000;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>Why PostgreSQL cannot store the row. Null if it can.</summary>
    internal string? WhyNot { get; } =
        Values.OfType<string>().Any(text => text.Contains('\0', StringComparison.Ordinal)) ? "a text of it has the character U+0000, which PostgreSQL cannot store"
        : Encoding.UTF8.GetByteCount(Key) > LongestText ? "its name is longer than PostgreSQL can index"
        : null;

    internal long Digest { get; } = DigestOf(Values);

    internal async Task WriteAsync(NpgsqlBinaryImporter importer, long collection)
    {
        await importer.StartRowAsync().ConfigureAwait(false);
        await importer.WriteAsync(collection).ConfigureAwait(false);
        await WriteAllAsync(importer).ConfigureAwait(false);
        await importer.WriteAsync(Digest).ConfigureAwait(false);
    }

    internal async Task WriteAsync(NpgsqlBinaryImporter importer)
    {
        await importer.StartRowAsync().ConfigureAwait(false);
        await WriteAllAsync(importer).ConfigureAwait(false);
        await importer.WriteAsync(Digest).ConfigureAwait(false);
    }

    /// <summary>Writes the values without the digest.</summary>
    internal async Task WriteAllAsync(NpgsqlBinaryImporter importer)
    {
        foreach (var value in Values)
        {
            await (value switch
            {
                null => importer.WriteNullAsync(),
                string text => importer.WriteAsync(text),
                long number => importer.WriteAsync(number),
                int number => importer.WriteAsync(number),
                double number => importer.WriteAsync(number),
                byte[] bytes => importer.WriteAsync(bytes),
                _ => throw new ArgumentException("This type cannot be stored."),
            }).ConfigureAwait(false);
        }
    }

    private static long DigestOf(object?[] values)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        foreach (var value in values)
        {
            var bytes = value switch
            {
                null => [],
                byte[] content => content,
                string text => Encoding.UTF8.GetBytes(text),
                long number => BitConverter.GetBytes(number),
                int number => BitConverter.GetBytes(number),
                double number => BitConverter.GetBytes(number),
                _ => throw new ArgumentException("This type cannot be stored.", nameof(values)),
            };
            BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), value is null ? -1 : bytes.Length);
            buffer.Advance(sizeof(int));
            buffer.Write(bytes);
        }

        return BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(buffer.WrittenSpan));
    }
}
