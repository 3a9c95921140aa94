using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>The input of a transfer. While it runs, only the plan and the part file change.</summary>
internal sealed record TransferJob
{
    internal required PartFile Part { get; init; }

    internal required Plan Plan { get; init; }

    /// <summary>The identity of the remote file.</summary>
    internal required FileIdentity Identity { get; init; }

    /// <summary>The digests that the server sent.</summary>
    internal required IReadOnlyList<FileDigest> Digests { get; init; }

    /// <summary>Whether some bytes come from a file of unknown origin, so that only a digest can verify the file.</summary>
    internal bool IsAdopted { get; init; }

    /// <summary>The digests that the file must have: the caller's and the server's.</summary>
    internal required IReadOnlyList<FileDigest> Promised { get; init; }

    /// <summary>Whether to start writing to disk during the transfer, so that little is left for the final flush.</summary>
    internal required bool Flush { get; init; }

    /// <summary>The number of connections. Null adjusts the number automatically.</summary>
    internal int? Connections { get; init; }

    internal string Name => Part.Target.FileName;
}
