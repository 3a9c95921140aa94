namespace MlHub.Cli;

/// <summary>The reader of standard output has closed it.</summary>
internal sealed class ReaderGoneException(IOException cause) : Exception("Nobody reads the output any more.", cause);
