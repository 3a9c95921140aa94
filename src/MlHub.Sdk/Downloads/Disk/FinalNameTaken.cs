namespace MlHub.Sdk.Downloads.Disk;

/// <summary>Something came to lie under the final name while the file was fetched, and whoever asked for the file did not ask to have it replaced.</summary>
internal sealed class FinalNameTaken() : Exception("A file of the final name was made by someone else meanwhile.");
