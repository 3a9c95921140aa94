using System.Globalization;
using System.Text;

namespace MlHub.Sdk.Downloads.Verification;

/// <summary>
/// What a finished file keeps of its download, for a later check: its length, where it came from, the digests it was held against, and
/// a seal of its own, for files that nobody promised a digest of. The seal is the XXH3 of the whole (granule size 0), or that of the
/// XXH3s of its granules.
/// </summary>
internal sealed record Receipt(long Bytes, string Url, IReadOnlyList<FileDigest> Digests, int GranuleSize, ulong Seal)
{
    private const string Title = "mlhub-receipt 1";

    internal byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{Title}\n{Bytes}\n{GranuleSize}\n{Seal:x16}\n{string.Join(' ', Digests)}\n{Url}"));

    internal static Receipt? Read(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n', 6);
        return lines is [Title, var length, var size, var seal, var digests, var url]
            && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var fileLength)
            && int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var granuleSize)
            && ulong.TryParse(seal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && ReadDigests(digests) is { } promised
            ? new Receipt(fileLength, url, promised, granuleSize, value)
            : null;
    }

    private static List<FileDigest>? ReadDigests(string text)
    {
        var digests = new List<FileDigest>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!FileDigest.TryParse(word, out var digest))
            {
                return null;
            }

            digests.Add(digest);
        }

        return digests;
    }
}
