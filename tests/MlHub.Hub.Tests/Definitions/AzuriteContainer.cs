using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace MlHub.Hub.Tests;

/// <summary>A container of Azurite that everybody may list.</summary>
public sealed class AzuriteContainer : IAsyncLifetime
{
    private AzuriteServer? _server;
    private BlobContainerClient _container = null!;

    public Uri Container => _container.Uri;

    public string Place(string prefix) => $$"""{ "type": "azure-blob", "url": "{{_container.Uri}}", "prefix": "{{prefix}}" }""";

    public async Task InitializeAsync()
    {
        if (AzuriteServer.WhyNot is null)
        {
            _server = await AzuriteServer.StartAsync();
            _container = new BlobContainerClient(new Uri($"{_server.Root}/mlhub"), new StorageSharedKeyCredential(AzuriteServer.Account, AzuriteServer.AccountKey));
            await _container.CreateAsync(PublicAccessType.BlobContainer);
        }
    }

    public Task PutAsync(string name, string content) => _container.GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true);

    /// <summary>A container that only its owner may list and read, with files.</summary>
    public async Task<Uri> CreatePrivateAsync(string name, IEnumerable<(string Key, string Content)> files)
    {
        var container = new BlobContainerClient(new Uri($"{_server!.Root}/{name}"), new StorageSharedKeyCredential(AzuriteServer.Account, AzuriteServer.AccountKey));
        await container.CreateAsync();
        foreach (var (key, content) in files)
        {
            await container.GetBlobClient(key).UploadAsync(BinaryData.FromString(content));
        }

        return container.Uri;
    }

    /// <summary>Decides whether everybody may list the container, or only read its blobs.</summary>
    public Task AllowListingAsync(bool allow) => _container.SetAccessPolicyAsync(allow ? PublicAccessType.BlobContainer : PublicAccessType.Blob);

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

/// <summary>A test against Azurite. It is skipped with a reason if Azurite is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = AzuriteServer.WhyNot!;
}
