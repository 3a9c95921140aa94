namespace MlHub.Server;

/// <summary>A page token names no page of its list. A hub throws it; the server answers with 400.</summary>
/// <param name="token">The token that was asked for.</param>
public sealed class UnknownTokenException(string token) : Exception($"The token '{token}' names no page: take it from the next or the previous link of another page.")
{
    /// <summary>The token that was asked for.</summary>
    public string Token { get; } = token;
}
