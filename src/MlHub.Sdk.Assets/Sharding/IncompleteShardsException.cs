namespace MlHub.Sdk;

/// <summary>Some shards of a download are missing or not complete, so they were not merged.</summary>
public sealed class IncompleteShardsException : MlHubException
{
    /// <summary>Creates an exception for shards that are not complete.</summary>
    /// <param name="message">What is missing in each of them.</param>
    /// <param name="shards">Their numbers, from 1.</param>
    public IncompleteShardsException(string message, IReadOnlyList<int> shards)
        : base(message) => Shards = shards;

    /// <summary>The numbers of the shards to run again, from 1.</summary>
    public IReadOnlyList<int> Shards { get; }
}
