namespace MlHub.Sdk.Downloads.Integrity;

/// <summary>The digests that a file must have, computed together in one pass.</summary>
internal sealed class DigestSet : IDisposable
{
    private readonly IReadOnlyList<FileDigest> _promised;
    private readonly List<RunningDigest> _running;

    internal DigestSet(IReadOnlyList<FileDigest> promised)
    {
        _promised = promised;
        _running = promised.Count == 0 ? [] : [.. promised.Select(digest => digest.Algorithm).Distinct().Select(RunningDigest.Start)];
    }

    internal bool IsEmpty => _running.Count == 0;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var digest in _running)
        {
            digest.Append(bytes);
        }
    }

    /// <summary>Ends the computation and compares.</summary>
    /// <returns>How the file was verified and, if it differs, a description of the difference.</returns>
    internal (DownloadVerification Verified, string? Difference) Finish()
    {
        var found = _running.ConvertAll(digest => digest.Finish());
        foreach (var promised in _promised)
        {
            var actual = found.Find(digest => digest.Algorithm == promised.Algorithm);
            if (actual != promised)
            {
                return (DownloadVerification.None, $"its {promised.Algorithm.Name()} is {actual.Hex}, and should be {promised.Hex}");
            }
        }

        return found.Count == 0
            ? (DownloadVerification.Length, null)
            : (new DownloadVerification { Method = VerificationMethod.Digest, Digests = found }, null);
    }

    public void Dispose()
    {
        foreach (var digest in _running)
        {
            digest.Dispose();
        }
    }
}
