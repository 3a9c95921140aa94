namespace MlHub.Sdk.Downloads.Planning;

/// <summary>What is known of a block.</summary>
internal enum BlockState : byte
{
    /// <summary>It is to be fetched, and nobody does.</summary>
    Missing,

    /// <summary>A connection has it to fetch.</summary>
    Taken,

    /// <summary>The journal says that it is on disk; its checksum has not been compared with the file yet.</summary>
    Recorded,

    /// <summary>It is on disk.</summary>
    Done,
}
