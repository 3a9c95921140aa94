namespace MlHub.Sdk;

/// <summary>How a request that failed for a passing reason is repeated.</summary>
/// <remarks>
/// Repeated are connection failures, answers that never began, and the statuses 408, 429, 500, 502, 503 and 504;
/// never 401, 403 and 404. The waits grow twofold with jitter from <see cref="BaseDelay"/> to <see cref="MaxDelay"/>;
/// a server that names a time itself (<c>Retry-After</c>, RFC 9110 §10.2.3) is heeded up to <see cref="MaxRetryAfter"/>.
/// </remarks>
public sealed record RetryOptions
{
    /// <summary>How many times a request is repeated after the first attempt; 0 turns repeating off.</summary>
    /// <value>The default is 4.</value>
    public int MaxRetries { get; init; } = 4;

    /// <summary>The wait before the first repetition.</summary>
    /// <value>The default is 0.5 seconds.</value>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait that this library chooses itself.</summary>
    /// <value>The default is 20 seconds.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest wait that a server may impose with <c>Retry-After</c>. For a call, a longer one is cut to this; a download
    /// fails at once, and can be resumed.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRetries);
        ArgumentOutOfRangeException.ThrowIfLessThan(BaseDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryAfter, TimeSpan.Zero);
    }
}
