namespace MlHub.Cli;

/// <summary>The command line is wrong. The message says what to do instead.</summary>
internal sealed class WrongUsageException(string message) : Exception(message);
