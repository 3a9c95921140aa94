namespace MlHub.Sdk;

/// <summary>A value that is fetched once, at the first call. A failed fetch is not kept. Cancelling one call does not cancel the others.</summary>
internal sealed class OnceAsync<T>(Func<CancellationToken, Task<T>> fetch)
{
    private readonly Lock _lock = new();
    private Task<T>? _fetch;

    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_fetch is null or { IsFaulted: true } or { IsCanceled: true })
            {
                // The fetch is shared by all callers, so cancelling one of them does not end it.
                _fetch = fetch(CancellationToken.None);
            }

            return _fetch.WaitAsync(cancellationToken);
        }
    }
}
