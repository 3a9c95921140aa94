using MlHub.Sdk.Downloads.Integrity;

namespace MlHub.Sdk;

/// <summary>What a finished file was compared with.</summary>
public sealed record DownloadVerification
{
    /// <summary>Nothing. The server sent neither a length nor a digest, or the file existed and nothing was compared.</summary>
    public static DownloadVerification None { get; } = new() { Method = VerificationMethod.None };

    /// <summary>The length only.</summary>
    public static DownloadVerification Length { get; } = new() { Method = VerificationMethod.Length };

    /// <summary>How the file was verified.</summary>
    public required VerificationMethod Method { get; init; }

    /// <summary>The digests of the file. Empty unless <see cref="Method"/> is <see cref="VerificationMethod.Digest"/>.</summary>
    public IReadOnlyList<FileDigest> Digests { get; init; } = [];

    /// <summary>The names of the digests, for example <c>md5</c> or <c>sha-256+md5</c>; or <c>length</c>; or <c>none</c>.</summary>
    /// <returns>A short text for display.</returns>
    public override string ToString() => Method switch
    {
        VerificationMethod.Digest => string.Join('+', Digests.Select(digest => digest.Algorithm.Name())),
        VerificationMethod.Length => "length",
        _ => "none",
    };
}
