using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Reading;

/// <summary>A body that holds a range of the file, to be read from its start.</summary>
/// <param name="Answer">The answer whose body it is.</param>
/// <param name="Round">The round of its question.</param>
/// <param name="Range">Which bytes of the file it holds.</param>
/// <param name="FileLength">The length of the whole file.</param>
internal sealed record RangeBody(RemoteAnswer Answer, Retries.Round Round, ByteRange Range, long FileLength) : IDisposable
{
    public void Dispose()
    {
        Answer.Dispose();
        Round.Dispose();
    }
}
