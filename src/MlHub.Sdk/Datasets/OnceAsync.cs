namespace MlHub.Sdk;

/// <summary>A value that is fetched once, by whoever asks first; a failed fetch is not kept, and one caller's cancellation is not another's.</summary>
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
                // The fetch belongs to all who wait: it ends with none of them.
                _fetch = fetch(CancellationToken.None);
            }

            return _fetch.WaitAsync(cancellationToken);
        }
    }
}
