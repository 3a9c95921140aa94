using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>The settings of a <see cref="ResumableDownloader"/>.</summary>
/// <remarks>
/// All properties can be bound from configuration. The downloader copies them when it is created; later changes have no effect. Services (a handler, a logger
/// factory, a clock) are parameters of the constructor. Settings for a single download are in <see cref="DownloadOptions"/>.
/// </remarks>
public sealed class ResumableDownloaderOptions
{
    /// <summary>Gets or sets the time-outs, retries, connections and flushing of all downloads.</summary>
    /// <value>The default is a <see cref="TransferOptions"/> with its default values.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    [ValidateObjectMembers]
    public TransferOptions Transfer { get; set; } = new();

    /// <summary>Gets or sets the <c>User-Agent</c> header of all requests (RFC 9110 §10.1.5).</summary>
    /// <value>
    /// The default is null: <c>MlHub.Sdk/</c>, the version, the operating system and the runtime. Only printable ASCII characters are allowed.
    /// </value>
    [RegularExpression(Sdk.UserAgent.Pattern, ErrorMessage = Sdk.UserAgent.PatternMessage)]
    public string? UserAgent { get; set; }

    /// <summary>Makes a copy, so that later changes by the caller have no effect.</summary>
    internal ResumableDownloaderOptions Copy()
    {
        var copy = (ResumableDownloaderOptions)MemberwiseClone();
        copy.Transfer = Transfer is null ? null! : Transfer with { };
        return copy;
    }
}
