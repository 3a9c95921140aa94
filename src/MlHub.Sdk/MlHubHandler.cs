namespace MlHub.Sdk;

/// <summary>The connections of the SDK, for programs that build their own chain of handlers.</summary>
public static class MlHubHandler
{
    /// <summary>
    /// Creates a handler with the settings that a client's own connections have: no redirects, no decompression and no cookies; every address of a host gets its chance
    /// (RFC 8305); proxies from the environment, as curl reads them; a read-ahead under TLS. Connections live for at most 15 minutes, so a moved host name is noticed.
    /// </summary>
    /// <param name="transfer">Its <see cref="TransferOptions.ConnectTimeout"/> and <see cref="TransferOptions.MaxConnectionsPerHost"/> are used; null for the defaults.</param>
    /// <returns>The handler. The caller disposes of it.</returns>
    /// <example>
    /// <code>
    /// services.AddHttpClient("files").ConfigurePrimaryHttpMessageHandler(() => MlHubHandler.Create());
    /// </code>
    /// </example>
    public static HttpMessageHandler Create(TransferOptions? transfer = null)
    {
        transfer ??= new TransferOptions();
        return Sockets.Create(transfer.ConnectTimeout, transfer.MaxConnectionsPerHost);
    }
}
