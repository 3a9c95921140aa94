using System.Globalization;
using System.Text;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;

namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>
/// Information about the download of a finished file, stored in an extended attribute. It is used for later verification and by later runs that find the file.
/// Besides the digests it contains a seal, for files without a digest from the server: the XXH3 of the whole file (block size 0), or the XXH3 of the XXH3s of
/// its blocks.
/// </summary>
internal sealed record Receipt
{
    private const string Title = "mlhub-receipt 2";
    private const int LongestText = 4096;

    internal required long Bytes { get; init; }

    /// <summary>The identity of the remote file.</summary>
    internal required FileIdentity Identity { get; init; }

    /// <summary>When the file was downloaded, by the clock of the server if it sent a Date.</summary>
    internal required DateTimeOffset CameAt { get; init; }

    /// <summary>The modification time that the download set. A later time shows that the file was changed.</summary>
    internal required DateTime WrittenAt { get; init; }

    internal required IReadOnlyList<FileDigest> Digests { get; init; }

    internal required int BlockSize { get; init; }

    internal required ulong Seal { get; init; }

    /// <summary>The receipt of a file. Null if it has none, which is usual for copies.</summary>
    internal static Receipt? Of(string path) => FinishedFile.ReadReceipt(path) is { } bytes ? Read(bytes) : null;

    internal byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Join('\n',
    [
        Title,
        Number(Bytes),
        Number(BlockSize),
        Seal.ToString("x16", CultureInfo.InvariantCulture),
        Number(WrittenAt.Ticks),
        Number(CameAt.ToUnixTimeSeconds()),
        Identity.Asked.ToString("x16", CultureInfo.InvariantCulture),
        Identity.Query.ToString("x16", CultureInfo.InvariantCulture),
        Identity.ETag?.Raw ?? string.Empty,
        Identity.LastModified is { } modified ? Number(modified.ToUnixTimeSeconds()) : string.Empty,
        Identity.MediaType ?? string.Empty,
        string.Join(' ', Digests),
        Identity.Url,
    ]));

    internal static Receipt? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LongestText || Encoding.UTF8.GetString(bytes).Split('\n', 13) is not
            [Title, var length, var size, var seal, var written, var came, var asked, var query, var tag, var modified, var type, var digests, var url])
        {
            return null;
        }

        return TryNumber(length, out var fileLength) && TryNumber(size, out var blockSize) && TryNumber(written, out var ticks) && TryNumber(came, out var cameAt)
            && ticks <= DateTime.MaxValue.Ticks && FileIdentity.ReadTime(cameAt) is { } time && TryMark(seal, out var sealValue) && TryMark(asked, out var askedMark) && TryMark(query, out var queryMark)
            && DigestText.ReadMany(digests) is { } promised
            ? new Receipt
            {
                Bytes = fileLength,
                BlockSize = (int)Math.Clamp(blockSize, 0, int.MaxValue),
                Seal = sealValue,
                WrittenAt = new DateTime(ticks, DateTimeKind.Utc),
                CameAt = time,
                Digests = promised,
                Identity = new FileIdentity
                {
                    Asked = askedMark,
                    Query = queryMark,
                    Url = url,
                    ETag = EntityTag.Read(tag),
                    LastModified = TryNumber(modified, out var seconds) ? FileIdentity.ReadTime(seconds) : null,
                    Length = fileLength,
                    MediaType = type.Length == 0 ? null : type,
                },
            }
            : null;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static bool TryNumber(string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= 0;

    private static bool TryMark(string text, out ulong value) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
