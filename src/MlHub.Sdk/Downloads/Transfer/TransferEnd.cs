using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>How a transfer ended.</summary>
internal abstract record TransferEnd
{
    private TransferEnd()
    {
    }

    /// <summary>All bytes are there and verified.</summary>
    /// <param name="Bytes">The length of the file.</param>
    /// <param name="ResumedFrom">How many bytes of an earlier run were found to be right.</param>
    /// <param name="Spoilt">How many blocks of an earlier run were not.</param>
    /// <param name="Verified">What the file was compared with.</param>
    /// <param name="BlockSize">The size of a block; 0 when the seal is of the whole.</param>
    /// <param name="Seal">The checksum of what was written.</param>
    internal sealed record Whole(long Bytes, long ResumedFrom, int Spoilt, DownloadVerification Verified, int BlockSize, ulong Seal) : TransferEnd;

    /// <summary>It cannot go on: the next attempt asks the server afresh.</summary>
    internal sealed record Broken(Fault Fault, Retries.Round Round) : TransferEnd;

    /// <summary>All bytes are there, and they do not have the digest that was promised.</summary>
    internal sealed record WrongDigest(string Difference) : TransferEnd;
}
