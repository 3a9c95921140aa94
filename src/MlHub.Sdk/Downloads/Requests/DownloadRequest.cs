using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk;

/// <summary>One file to fetch.</summary>
/// <example>
/// <code>
/// var request = new DownloadRequest { Url = new Uri("https://example.org/data.tar.gz"), OutputDirectory = "data" };
/// </code>
/// </example>
public sealed record DownloadRequest
{
    private static readonly HashSet<string> OwnHeaders = new(["Range", "If-Range", "Accept-Encoding", "Host", "Connection", "Transfer-Encoding"], StringComparer.OrdinalIgnoreCase);

    private static readonly DownloadOptionsValidator OptionsValidator = new();

    /// <summary>Where the file is: an absolute http or https address. It may redirect.</summary>
    /// <remarks>
    /// A user name and a password in it (<c>https://user:password@host/</c>) are sent as HTTP Basic authentication (RFC 7617) to the scheme, host and port of
    /// this address only. An <c>Authorization</c> among the <see cref="Headers"/> is sent instead. No message, log or file shows them.
    /// </remarks>
    public required Uri Url { get; init; }

    /// <summary>The directory to put the file in. It is created when it is missing.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>The file's name.</summary>
    /// <value>
    /// The default is null: the last segment of the address at the end of the redirects, made safe for Windows, Linux and macOS. If that has no extension,
    /// <see cref="LikelyFileName"/> or the last segment of <see cref="Url"/> counts before it. A name given here must be a plain file name, without
    /// directories and without <c>.mlhub-</c>, of at most 237 bytes of UTF-8.
    /// </value>
    public string? FileName { get; init; }

    /// <summary>
    /// The name that the file will probably get, if <see cref="FileName"/> is null. If a file of this name is there, <see cref="IfExists.Skip"/> requests
    /// nothing.
    /// </summary>
    /// <value>
    /// The default is null: the last segment of <see cref="Url"/>, if it has an extension, and if the query only says who may fetch the file. Otherwise the
    /// name is known when the server has answered.
    /// </value>
    public string? LikelyFileName { get; init; }

    /// <summary>How to download: what to do with a file that exists or is locked, how many connections, whether to flush, whether to store pages.</summary>
    /// <value>The default is a <see cref="DownloadOptions"/> with its default values.</value>
    public DownloadOptions Options { get; init; } = new();

    /// <summary>
    /// Digests that the file must have, in addition to those that the server promises. Two different digests of one algorithm are refused with an
    /// <see cref="ArgumentException"/>.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<FileDigest> ExpectedDigests { get; init; } = [];

    /// <summary>More headers to send. They go to the scheme, host and port of <see cref="Url"/> only, and not where it redirects to.</summary>
    /// <value>The default is none. Headers that downloads set themselves, such as <c>Range</c> and <c>Accept-Encoding</c>, are refused.</value>
    /// <remarks>Cookies that a server sets are kept for the download and added to a <c>Cookie</c> given here.</remarks>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The address without user information and query, because these may be secrets.</summary>
    public override string ToString() => Url.IsAbsoluteUri ? RedactedUrl.Of(Url).AbsoluteUri : nameof(DownloadRequest);

    /// <summary>Creates a request for a file.</summary>
    /// <param name="url">Where the file is.</param>
    /// <param name="outputDirectory">The directory to put it in.</param>
    /// <param name="options">How to download, or null for the defaults.</param>
    /// <returns>The request.</returns>
    public static DownloadRequest Create(Uri url, string outputDirectory, DownloadOptions? options = null) =>
        new() { Url = url, OutputDirectory = outputDirectory, Options = options ?? new DownloadOptions() };

    /// <summary>Fails where a request cannot be meant.</summary>
    /// <exception cref="ArgumentException">It says which property, and what it may be.</exception>
    internal static void Require(DownloadRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Url is null || !request.Url.IsAbsoluteUri || request.Url.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("Url must be an absolute http or https address.", nameof(request));
        }

        if (string.IsNullOrEmpty(request.OutputDirectory))
        {
            throw new ArgumentException("OutputDirectory is empty: '.' is the current directory.", nameof(request));
        }

        foreach (var (property, name) in (ReadOnlySpan<(string, string?)>)[(nameof(FileName), request.FileName), (nameof(LikelyFileName), request.LikelyFileName)])
        {
            if (name is not null && SafeFileName.WhyNot(name) is { } why)
            {
                throw new ArgumentException($"{property} '{name}' {why}", nameof(request));
            }
        }

        foreach (var (name, value) in request.Headers)
        {
            if (WhyNotHeader(name, value) is { } why)
            {
                throw new ArgumentException($"The header '{name}' {why}", nameof(request));
            }
        }

        FileDigest.RequireOneOfEach(request.ExpectedDigests, nameof(request));
        if (request.Options is null)
        {
            throw new ArgumentException("Options must not be null.", nameof(request));
        }

        OptionsCheck.Require(OptionsValidator, request.Options, nameof(request), nameof(Options));
    }

    // The value is not repeated: it may be a secret.
    private static string? WhyNotHeader(string name, string? value) =>
        OwnHeaders.Contains(name) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) ? "is one that downloads set themselves: leave it out."
        : string.IsNullOrEmpty(name) || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal)) ? "has no name that a header can have (RFC 9110 §5.1)."
        : value is null || value.Any(letter => letter is < ' ' or > '~' and not '\t') ? "has a value beyond ASCII, or a control character in it."
        : null;
}
