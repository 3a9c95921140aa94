namespace MlHub.Server;

/// <summary>A page token is unknown. A hub throws it, and the server responds with 400.</summary>
/// <param name="token">The requested token.</param>
public sealed class UnknownTokenException(string token) : Exception($"The token '{token}' is unknown: use the next or previous link of another page.")
{
    /// <summary>The requested token.</summary>
    public string Token { get; } = token;
}
