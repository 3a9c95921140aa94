namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>The digest does not vouch for a file some of whose bytes come from an earlier run: all are to be fetched again.</summary>
internal sealed class StaleBytes(string difference) : Exception(difference);
