using System.Diagnostics.CodeAnalysis;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk;

/// <summary>A file to download.</summary>
/// <example>
/// <code>
/// var request = new DownloadRequest { Url = new Uri("https://example.org/data.tar.gz"), OutputDirectory = "data" };
/// </code>
/// </example>
public sealed record DownloadRequest
{
    private static readonly HashSet<string> OwnHeaders = new(["Range", "If-Range", "Accept-Encoding", "Host", "Connection", "Transfer-Encoding"], StringComparer.OrdinalIgnoreCase);

    private static readonly DownloadOptionsValidator OptionsValidator = new();

    /// <summary>The absolute http or https address of the file. It may redirect.</summary>
    /// <remarks>
    /// A user name and a password in the address (<c>https://user:password@host/</c>) are sent as HTTP Basic authentication (RFC 7617), only to the scheme,
    /// host and port of this address. An <c>Authorization</c> header in <see cref="Headers"/> takes precedence. They never appear in messages, logs or files.
    /// </remarks>
    public required Uri Url { get; init; }

    /// <summary>The directory to store the file in. It is created if it does not exist.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>The name of the file.</summary>
    /// <value>
    /// The default is null: the last segment of the address after all redirects, made safe for Windows, Linux and macOS. If that segment has no extension,
    /// <see cref="LikelyFileName"/> or the last segment of <see cref="Url"/> is used instead. A name given here must be a plain file name without directories
    /// and without <c>.mlhub-</c>, at most 237 bytes long in UTF-8.
    /// </value>
    public string? FileName { get; init; }

    /// <summary>
    /// The name that the file will probably get if <see cref="FileName"/> is null. If a file with this name exists, <see cref="IfExists.Skip"/> sends no
    /// request.
    /// </summary>
    /// <value>
    /// The default is null: the last segment of <see cref="Url"/>, if it has an extension, and if the query contains only access parameters such as a
    /// signature. Otherwise the name is unknown until the server responds.
    /// </value>
    public string? LikelyFileName { get; init; }

    /// <summary>
    /// The options of the download: what to do with an existing or locked file, the number of connections, flushing, and whether to store pages.
    /// </summary>
    /// <value>The default is a <see cref="DownloadOptions"/> with its default values.</value>
    public DownloadOptions Options { get; init; } = new();

    /// <summary>
    /// Digests that the file must have, in addition to those that the server sends. Two different digests of one algorithm cause an
    /// <see cref="ArgumentException"/>.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<FileDigest> ExpectedDigests { get; init; } = [];

    /// <summary>
    /// Additional request headers. They are sent only to the scheme, host and port of <see cref="Url"/>, and not to other hosts after a redirect.
    /// </summary>
    /// <value>
    /// The default is none. Headers that downloads set themselves, such as <c>Range</c> and <c>Accept-Encoding</c>, cause an <see cref="ArgumentException"/>.
    /// </value>
    /// <remarks>Cookies that a server sets are kept for the duration of the download and added to a <c>Cookie</c> header given here.</remarks>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Says why an address must not be asked, also one that a redirect leads to: the rest of a sentence, or null. Null if any may be asked.</summary>
    internal Func<Uri, ValueTask<string?>>? WhyNotAsked { get; init; }

    /// <summary>The address without user information and query, because these may be secrets.</summary>
    public override string ToString() => Url.IsAbsoluteUri ? RedactedUrl.Of(Url).AbsoluteUri : nameof(DownloadRequest);

    /// <summary>Creates a request for a file.</summary>
    /// <param name="url">The address of the file.</param>
    /// <param name="outputDirectory">The directory to store it in.</param>
    /// <param name="options">How to download, or null for the defaults.</param>
    /// <returns>The request.</returns>
    public static DownloadRequest Create(Uri url, string outputDirectory, DownloadOptions? options = null) =>
        new() { Url = url, OutputDirectory = outputDirectory, Options = options ?? new DownloadOptions() };

    /// <summary>Throws if the request is invalid.</summary>
    /// <exception cref="ArgumentException">The message names the property and its valid values.</exception>
    internal static void Require([NotNull] DownloadRequest? request)
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
        OwnHeaders.Contains(name) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) ? "is set by the download itself: remove it."
        : string.IsNullOrEmpty(name) || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal)) ? "is not a valid header name (RFC 9110 §5.1)."
        : value is null || value.Any(letter => letter is < ' ' or > '~' and not '\t') ? "has a value with a control character or a character beyond ASCII."
        : null;
}
