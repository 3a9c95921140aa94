using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Journaling;

/// <summary>What is written down about a file on its way: which remote it is of, what was promised of it, and which granules are there.</summary>
internal sealed record Journal
{
    internal required RemoteIdentity Identity { get; init; }

    /// <summary>What tells the address asked for from others that lead to the same place (<see cref="Remote.AddressMark"/>).</summary>
    internal ulong AddressMark { get; init; }

    /// <summary>The digests that the server promised, most often with the first answer only.</summary>
    internal required IReadOnlyList<FileDigest> Digests { get; init; }

    /// <summary>Whether some bytes come from a file whose origin is not known, so that only a digest can vouch for the whole.</summary>
    internal bool IsAdopted { get; init; }

    internal required Granules Granules { get; init; }

    internal required GranuleState[] States { get; init; }

    internal required ulong[] Checksums { get; init; }
}
