namespace MlHub.Description;

/// <summary>What happened to a part of a description.</summary>
public enum ApiChangeKind
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>It is there in both, and says something else.</summary>
    Changed,

    /// <summary>It is no longer there.</summary>
    Removed,
}
