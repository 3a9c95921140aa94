using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>What a transfer is to fetch, and into which file. The plan and the part change while it runs, and nothing else.</summary>
internal sealed record TransferJob
{
    internal required PartFile Part { get; init; }

    internal required Plan Plan { get; init; }

    /// <summary>What is known of the remote file.</summary>
    internal required FileIdentity Identity { get; init; }

    /// <summary>The digests that the server promised.</summary>
    internal required IReadOnlyList<FileDigest> Digests { get; init; }

    /// <summary>Whether some bytes come from a file of unknown origin, so that only a digest can prove the whole.</summary>
    internal bool IsAdopted { get; init; }

    /// <summary>The digests that the file must have: the caller's and the server's.</summary>
    internal required IReadOnlyList<FileDigest> Promised { get; init; }

    /// <summary>Whether to keep the disk busy, so that little is left for the flush at the end.</summary>
    internal required bool Flush { get; init; }

    /// <summary>How many connections to use; null lets the number follow the speed.</summary>
    internal int? Connections { get; init; }

    internal string Name => Part.Target.FileName;
}
