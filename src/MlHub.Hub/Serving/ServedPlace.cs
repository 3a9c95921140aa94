using MlHub.Hub.Places;

namespace MlHub.Hub.Serving;

/// <summary>Where the files of a dataset are.</summary>
/// <param name="Remote">The place on the network. Null for a directory of this machine.</param>
/// <param name="Directory">The full path of the directory. Null for a place on the network.</param>
internal sealed record ServedPlace(RemotePlace? Remote, string? Directory);
