namespace MlHub.Hub.Index;

/// <summary>Another process, or a refresh of this one, has replaced the index. The new one must be opened.</summary>
internal sealed class IndexReplacedException() : Exception("The index was replaced.");
