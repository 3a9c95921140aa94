using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Resume;

/// <summary>The state of an unfinished download: the identity of the remote file, its digests, and the complete blocks. It is stored in the journal.</summary>
internal sealed record ResumeState
{
    internal required FileIdentity Identity { get; init; }

    /// <summary>The digests that the server sent, usually only with the first response.</summary>
    internal required IReadOnlyList<FileDigest> Digests { get; init; }

    /// <summary>Whether some bytes come from a file of unknown origin, so that only a digest can verify the file.</summary>
    internal bool IsAdopted { get; init; }

    internal required Blocks Blocks { get; init; }

    internal required BlockState[] States { get; init; }

    internal required ulong[] Checksums { get; init; }

    internal Plan MakePlan(TimeProvider time) => new(Blocks, States, Checksums, time);

    /// <summary>Whether both states are equal.</summary>
    internal bool IsAs(ResumeState other) =>
        other.Identity == Identity && other.States.AsSpan().SequenceEqual(States) && other.Checksums.AsSpan().SequenceEqual(Checksums);
}
