using System.Globalization;

namespace MlHub.Sdk.Assets.Locks;

/// <summary>Puts each item into a split. It depends only on the seed and the item, so all assets of an item are in one split, and further items change nothing.</summary>
/// <param name="shares">The splits with their shares.</param>
/// <param name="seed">The seed.</param>
internal sealed class LockSplits(IReadOnlyDictionary<string, double> shares, int seed)
{
    private const double Tolerance = 1e-6;

    // In the order of their names, so that the order of a dictionary has no influence.
    private readonly (string Name, double Share)[] _shares = [.. shares.OrderBy(share => share.Key, StringComparer.Ordinal).Select(share => (share.Key, share.Value))];

    /// <summary>Why the shares cannot be used, as a sentence. Null if they can.</summary>
    internal static string? WhyNot(IReadOnlyDictionary<string, double> shares) =>
        shares.Count == 0 ? null
        : shares.Any(share => share.Key.Length == 0 || !(share.Value is > 0 and <= 1)) ? "Each split needs a name and a share above 0, up to 1, for example train=0.8,test=0.2."
        : Math.Abs(shares.Values.Sum() - 1) > Tolerance ? string.Create(CultureInfo.InvariantCulture, $"The shares of the splits are {shares.Values.Sum():0.######} together, but must be 1.")
        : null;

    /// <summary>The split of an asset. Null if there are no splits, or if the asset is none of an item's own.</summary>
    internal string? Of(string collectionId, string? itemId, bool isCommon)
    {
        if (_shares.Length == 0 || itemId is null || isCommon)
        {
            return null;
        }

        // 53 bits are as many as a double has.
        var place = (ulong)(AssetLayout.Hash(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{collectionId}\n{itemId}")) >> 75) / (double)(1UL << 53);
        var sum = 0.0;
        foreach (var (name, share) in _shares)
        {
            sum += share;
            if (place < sum)
            {
                return name;
            }
        }

        return _shares[^1].Name;
    }
}
