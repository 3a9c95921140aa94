using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Hub.Places;

/// <summary>Signs addresses of Azure Blob storage with the key of the account ("Create a service SAS", version 2020-12-06 and later).</summary>
internal sealed class AzureSigner : PlaceSigner
{
    private const string Version = "2022-11-02";

    // A client's clock may be behind.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly string _account;
    private readonly string _container;
    private readonly byte[] _key;

    /// <param name="container">The address of the container.</param>
    /// <param name="account">The name of the account.</param>
    /// <param name="key">The key of the account.</param>
    internal AzureSigner(Uri container, string account, byte[] key)
        : base(key, container.AbsoluteUri) => (_container, _account, _key) = (container.AbsolutePath.TrimEnd('/'), account, key);

    /// <summary>The credentials of the variables that the Azure CLI uses.</summary>
    /// <exception cref="PlaceException">They are missing or wrong.</exception>
    internal static AzureSigner FromEnvironment(Uri container, Func<string, string?> variable)
    {
        const string Key = "AZURE_STORAGE_KEY";
        var account = variable("AZURE_STORAGE_ACCOUNT") is { Length: > 0 } name ? name : container.Host.Split('.')[0];
        try
        {
            return new AzureSigner(container, account, Convert.FromBase64String(Required(variable, Key, "the key of the storage account")));
        }
        catch (FormatException error)
        {
            throw new PlaceException($"the variable {Key} is not the key of a storage account: such a key is Base64", null, error);
        }
    }

    internal override Uri Sign(Uri address, DateTimeOffset now, TimeSpan lifetime)
    {
        // The emulator has the account in the path, and the name of the container after it. Azure has it in the host.
        var isListing = address.AbsolutePath.TrimEnd('/') == _container;
        var path = Uri.UnescapeDataString(address.AbsolutePath);
        var inAccount = !address.Host.StartsWith($"{_account}.", StringComparison.OrdinalIgnoreCase) && path.StartsWith($"/{_account}/", StringComparison.Ordinal) ? path[(_account.Length + 1)..] : path;
        var (start, end) = (Time(now - Skew), Time(now + lifetime));
        var (permission, resource) = isListing ? ("l", "c") : ("r", "b");
        var text = string.Join('\n', permission, start, end, $"/blob/{_account}{inAccount.TrimEnd('/')}", "", "", "", Version, resource, "", "", "", "", "", "", "");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));
        var query = $"sv={Version}&st={Uri.EscapeDataString(start)}&se={Uri.EscapeDataString(end)}&sr={resource}&sp={permission}&sig={Uri.EscapeDataString(signature)}";
        return new Uri($"{address.GetLeftPart(UriPartial.Path)}{(address.Query.Length > 1 ? address.Query + "&" : "?")}{query}");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
