namespace MlHub.Sdk;

/// <summary>Some of the selected assets could not be downloaded. The others are complete. Run the download again to try only those that failed.</summary>
public sealed class AssetsFailedException : MlHubException
{
    /// <summary>Creates an exception for a download that is not complete.</summary>
    /// <param name="message">One sentence that says how many failed, and where the reasons are.</param>
    /// <param name="result">What became of the assets.</param>
    public AssetsFailedException(string message, DatasetAssetsResult result)
        : base(message) => Result = result;

    /// <summary>What became of the assets.</summary>
    public DatasetAssetsResult Result { get; }
}
