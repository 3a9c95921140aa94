using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>The first answer of an attempt, the round that it was asked for in, and the segment that its body fills.</summary>
internal sealed record FirstAnswer(RemoteAnswer Answer, Retries.Round Round, Segment Segment);
