using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>The result of a transfer.</summary>
internal abstract record TransferEnd
{
    private TransferEnd()
    {
    }

    /// <summary>All bytes are complete and verified.</summary>
    /// <param name="Bytes">The length of the file.</param>
    /// <param name="ResumedFrom">The number of correct bytes from an earlier run.</param>
    /// <param name="Spoilt">The number of corrupt blocks from an earlier run.</param>
    /// <param name="Verified">How the file was verified.</param>
    /// <param name="BlockSize">The size of a block. 0 if the seal is that of the whole file.</param>
    /// <param name="Seal">The checksum of the written bytes.</param>
    internal sealed record Whole(long Bytes, long ResumedFrom, int Spoilt, DownloadVerification Verified, int BlockSize, ulong Seal) : TransferEnd;

    /// <summary>The transfer cannot continue. The next attempt sends a new first request.</summary>
    internal sealed record Broken(Fault Fault, Retries.Round Round) : TransferEnd;

    /// <summary>All bytes are complete, but they do not match the expected digest.</summary>
    internal sealed record WrongDigest(string Difference) : TransferEnd;
}
