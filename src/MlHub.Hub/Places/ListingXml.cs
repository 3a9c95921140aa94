using System.Text;
using System.Xml;

namespace MlHub.Hub.Places;

/// <summary>Reads the XML of listings. It may have no DTD, and its size is limited.</summary>
internal static class ListingXml
{
    /// <summary>The greatest length of a page. A page of 5,000 keys of 1,024 characters, all of them escaped, has less.</summary>
    internal const long Longest = 64L * 1024 * 1024;

    // Listings have four levels.
    private const int Deepest = 16;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = Longest,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,

        // A key may have characters that XML does not allow.
        CheckCharacters = false,
    };

    /// <summary>Calls <paramref name="see"/> with the path of each element that has a text, such as <c>Contents/Key</c>, below the root.</summary>
    /// <param name="page">The address, for messages.</param>
    /// <param name="body">The XML.</param>
    /// <param name="root">The name of the root.</param>
    /// <param name="see">Gets the path, the text and whether the element has the attribute <c>Encoded="true"</c>.</param>
    /// <param name="end">Gets the path of each element that ends.</param>
    /// <exception cref="PlaceException">The body is another document.</exception>
    internal static void Read(Uri page, byte[] body, string root, Action<string, string, bool> see, Action<string> end)
    {
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(body, writable: false), Settings);
            if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != root)
            {
                throw NotAListing(page);
            }

            Read(page, xml, see, end);
        }
        catch (XmlException error)
        {
            throw new PlaceException($"{page.GetLeftPart(UriPartial.Path)} sent XML that cannot be read, in line {error.LineNumber}", null, error);
        }
    }

    internal static PlaceException NotAListing(Uri page) => new($"{page.GetLeftPart(UriPartial.Path)} sent something else than a listing");

    private static void Read(Uri page, XmlReader xml, Action<string, string, bool> see, Action<string> end)
    {
        var path = new List<string>();
        var text = new StringBuilder();
        var encoded = false;
        while (xml.Read())
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element when xml.IsEmptyElement:
                    see(string.Join('/', [.. path, xml.LocalName]), "", false);
                    break;
                case XmlNodeType.Element:
                    path.Add(path.Count < Deepest ? xml.LocalName : throw NotAListing(page));
                    text.Clear();
                    encoded = xml.GetAttribute("Encoded") == "true";
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                    text.Append(xml.Value);
                    break;
                case XmlNodeType.EndElement when path.Count > 0:
                    var name = string.Join('/', path);
                    see(name, text.ToString(), encoded);
                    end(name);
                    path.RemoveAt(path.Count - 1);
                    text.Clear();
                    break;
                default:
                    break;
            }
        }
    }
}
