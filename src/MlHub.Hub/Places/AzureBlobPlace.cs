using System.Globalization;

namespace MlHub.Hub.Places;

/// <summary>A container of Azure Blob storage that everybody may list (List Blobs).</summary>
internal sealed class AzureBlobPlace : RemotePlace
{
    private readonly string _container;
    private readonly string _prefix;

    /// <param name="container">The address of the container: <c>https://account.blob.core.windows.net/container</c>.</param>
    /// <param name="prefix">What the names begin with.</param>
    internal AzureBlobPlace(Uri container, string prefix) => (_container, _prefix) = (container.AbsoluteUri.TrimEnd('/'), prefix);

    internal override long LongestPage => ListingXml.Longest;

    internal override Uri FirstPage => Page(null);

    internal override string Advice => "The public access level of the container must be \"Container\".";

    internal override ListingPage Read(Uri page, PlaceAnswer answer)
    {
        var objects = new List<StoredObject>();
        var (name, size, etag, modified, isFolder, marker) = ("", -1L, "", "", false, "");
        ListingXml.Read(page, answer.Body!, "EnumerationResults", See, end =>
        {
            if (end != "Blobs/Blob")
            {
                return;
            }

            if (!isFolder && name.Length > _prefix.Length && name.StartsWith(_prefix, StringComparison.Ordinal) && name[^1] != '/')
            {
                objects.Add(new StoredObject(name[_prefix.Length..], size, etag.Length > 0 ? etag : $"{modified} {size}", S3Place.Ticks(modified)));
            }

            (name, size, etag, modified, isFolder) = ("", -1, "", "", false);
        });
        return new ListingPage(objects, marker.Length > 0 ? [Page(marker)] : []);

        void See(string path, string text, bool isEncoded)
        {
            switch (path)
            {
                case "Blobs/Blob/Name":
                    // Names with characters that XML does not allow are percent-encoded.
                    name = isEncoded ? Uri.UnescapeDataString(text) : text;
                    break;
                case "Blobs/Blob/Properties/Content-Length":
                    size = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
                    break;
                case "Blobs/Blob/Properties/Etag":
                    etag = text.Trim('"');
                    break;
                case "Blobs/Blob/Properties/Last-Modified":
                    modified = text;
                    break;
                case "Blobs/Blob/Properties/ResourceType":
                    isFolder = text == "directory";
                    break;
                case "NextMarker":
                    marker = text;
                    break;
                default:
                    break;
            }
        }
    }

    internal override Uri? AddressOf(string key) => Append(_container, _prefix + key);

    private Uri Page(string? marker) => new($"{_container}?restype=container&comp=list&prefix={Uri.EscapeDataString(_prefix)}{(marker is null ? "" : $"&marker={Uri.EscapeDataString(marker)}")}");
}
