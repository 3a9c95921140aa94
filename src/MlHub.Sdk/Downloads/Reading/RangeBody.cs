using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Reading;

/// <summary>A body with a range of the file, positioned at its start.</summary>
/// <param name="Response">The response with the body.</param>
/// <param name="Round">The round of its request.</param>
/// <param name="Range">The range of the file in the body.</param>
/// <param name="FileLength">The length of the whole file.</param>
internal sealed record RangeBody(RemoteResponse Response, Retries.Round Round, ByteRange Range, long FileLength) : IDisposable
{
    public void Dispose()
    {
        Response.Dispose();
        Round.Dispose();
    }
}
