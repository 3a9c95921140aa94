using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>The first response of an attempt, the round of its request, and the segment that its body fills.</summary>
internal sealed record FirstResponse(RemoteResponse Response, Retries.Round Round, Segment Segment);
