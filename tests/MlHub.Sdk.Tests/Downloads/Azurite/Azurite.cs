using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Azurite, Microsoft's emulator of Azure Blob storage, with one container of blobs that require signed addresses.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private readonly StorageSharedKeyCredential _credential = new(AzuriteServer.Account, AzuriteServer.AccountKey);
    private AzuriteServer? _server;
    private BlobContainerClient _container = null!;

    /// <summary>The reason why Azurite is not available, or null.</summary>
    public static string? WhyNot => AzuriteServer.WhyNot;

    public async Task InitializeAsync()
    {
        if (WhyNot is not null)
        {
            return;
        }

        _server = await AzuriteServer.StartAsync();
        _container = new BlobContainerClient(new Uri($"{_server.Root}/archives"), _credential);
        await _container.CreateAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>Stores a blob with the given Content-MD5, which may be wrong.</summary>
    public async Task PutAsync(string name, byte[] bytes, byte[]? md5 = null)
    {
        var blob = _container.GetBlobClient(name);
        await blob.UploadAsync(BinaryData.FromBytes(bytes), overwrite: true);
        if (md5 is not null)
        {
            // The upload itself would reject a wrong Content-MD5.
            await blob.SetHttpHeadersAsync(new BlobHttpHeaders { ContentHash = md5 });
        }
    }

    /// <summary>A signed address that can be read until it expires.</summary>
    public Uri Address(string name, TimeSpan? lifetime = null) => Sign(name, new BlobSasBuilder { ExpiresOn = DateTimeOffset.UtcNow + (lifetime ?? TimeSpan.FromHours(1)) });

    /// <summary>A signed address that can be read while a policy of the container is valid.</summary>
    public Uri AddressUnder(string policy, string name) => Sign(name, new BlobSasBuilder { Identifier = policy });

    /// <summary>Sets how long the signatures of each policy are valid. All other policies end immediately.</summary>
    public Task SetPoliciesAsync(params (string Name, TimeSpan Lifetime)[] policies) =>
        _container.SetAccessPolicyAsync(permissions: policies.Select(policy => new BlobSignedIdentifier
        {
            Id = policy.Name,
            AccessPolicy = new BlobAccessPolicy
            {
                PolicyStartsOn = DateTimeOffset.UtcNow - TimeSpan.FromDays(1),
                PolicyExpiresOn = DateTimeOffset.UtcNow + policy.Lifetime,
                Permissions = "r",
            },
        }));

    /// <summary>Azurite's log of all requests, including headers and addresses.</summary>
    public Task<string> DebugLogAsync() => _server!.DebugLogAsync();

    private Uri Sign(string name, BlobSasBuilder signature)
    {
        signature.BlobContainerName = _container.Name;
        signature.BlobName = name;
        signature.Resource = "b";
        if (signature.Identifier is null)
        {
            signature.SetPermissions(BlobSasPermissions.Read);
        }

        return new UriBuilder(_container.GetBlobClient(name).Uri) { Query = signature.ToSasQueryParameters(_credential).ToString() }.Uri;
    }
}
