namespace MlHub.Sdk.Downloads.Planning;

/// <summary>The state of a block.</summary>
internal enum BlockState : byte
{
    /// <summary>It is missing, and no connection is assigned.</summary>
    Missing,

    /// <summary>A connection is assigned to fetch it.</summary>
    Taken,

    /// <summary>The journal says that it is on disk, but its checksum has not been verified yet.</summary>
    Recorded,

    /// <summary>It is on disk.</summary>
    Done,
}
