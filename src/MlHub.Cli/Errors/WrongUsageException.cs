namespace MlHub.Cli;

/// <summary>The command was called in a way that makes no sense; the message says what to do instead.</summary>
internal sealed class WrongUsageException(string message) : Exception(message);
