using System.Globalization;

namespace MlHub.Testing;

/// <summary>Azurite, Microsoft's emulator of Azure Blob storage, in a process of its own.</summary>
internal sealed class AzuriteServer : IAsyncDisposable
{
    // The public account and key of every emulator, from Microsoft's documentation.
    public const string Account = "devstoreaccount1";
    public const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly Lazy<string?> Reason = new(() => ChildServer.WhyNot("node", "Node") ?? (File.Exists(Program) ? null : "Azurite is not installed: run eng/test-servers"));
    private readonly string _home;
    private readonly ChildServer _server;

    private AzuriteServer(string home, ChildServer server, int port) => (_home, _server, Root) = (home, server, new Uri($"http://127.0.0.1:{port}/{Account}"));

    /// <summary>The reason why Azurite is not available, or null.</summary>
    public static string? WhyNot => Reason.Value;

    /// <summary>The address of the account.</summary>
    public Uri Root { get; }

    private static string Program => Repository.Place("eng/azurite/node_modules/azurite/dist/src/blob/main.js");

    public static async Task<AzuriteServer> StartAsync()
    {
        var (port, home) = (ChildServer.FreePort(), Directory.CreateTempSubdirectory("mlhub-azurite-").FullName);
        var server = await ChildServer.StartAsync(
            port,
            home,
            ["node", Program, "--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry",
                "--debug", Path.Combine(home, "debug.log"), "--blobPort", port.ToString(CultureInfo.InvariantCulture)]);
        return new AzuriteServer(home, server, port);
    }

    /// <summary>Azurite's log of all requests, including headers and addresses.</summary>
    public async Task<string> DebugLogAsync()
    {
        using var log = new StreamReader(File.Open(Path.Combine(_home, "debug.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await log.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}
