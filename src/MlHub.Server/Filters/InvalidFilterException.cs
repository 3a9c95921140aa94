namespace MlHub.Server;

/// <summary>A condition of a search is not valid. The server responds with 400 and the message.</summary>
internal sealed class InvalidFilterException(string message) : FormatException(message);
