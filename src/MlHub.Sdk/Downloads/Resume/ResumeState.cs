using MlHub.Sdk.Downloads.Identity;
using MlHub.Sdk.Downloads.Planning;

namespace MlHub.Sdk.Downloads.Resume;

/// <summary>What is known of a file on its way: which remote file it is of, what was promised of it, and which blocks are there. The journal on disk holds it.</summary>
internal sealed record ResumeState
{
    internal required FileIdentity Identity { get; init; }

    /// <summary>The digests that the server promised, most often with the first answer only.</summary>
    internal required IReadOnlyList<FileDigest> Digests { get; init; }

    /// <summary>Whether some bytes come from a file of unknown origin, so that only a digest can prove the whole.</summary>
    internal bool IsAdopted { get; init; }

    internal required Blocks Blocks { get; init; }

    internal required BlockState[] States { get; init; }

    internal required ulong[] Checksums { get; init; }

    internal Plan MakePlan(TimeProvider time) => new(Blocks, States, Checksums, time);

    /// <summary>Whether both say the same of the same file.</summary>
    internal bool IsAs(ResumeState other) =>
        other.Identity == Identity && other.States.AsSpan().SequenceEqual(States) && other.Checksums.AsSpan().SequenceEqual(Checksums);
}
