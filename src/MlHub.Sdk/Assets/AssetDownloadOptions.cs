using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>The options for downloading the assets of items.</summary>
/// <remarks>All properties can be bound from configuration. They are copied when the download starts; later changes have no effect.</remarks>
public sealed record AssetDownloadOptions
{
    /// <summary>Gets or sets the case-sensitive keys of the assets to download, for example <c>B02</c>.</summary>
    /// <value>The default is empty: all assets.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>Gets or sets the number of files to download at the same time.</summary>
    /// <value>The default is null: 8. The range is from 1 to 256.</value>
    [Range(1, 256)]
    public int? Concurrency { get; set; }

    /// <summary>Gets or sets the options for the download of each file.</summary>
    /// <value>The default is a <see cref="DownloadOptions"/> with its default values.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    [ValidateObjectMembers]
    public DownloadOptions Download { get; set; } = new();

    /// <summary>Checks the values and makes a copy, so that later changes by the caller have no effect.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    internal static AssetDownloadOptions Checked(AssetDownloadOptions? options)
    {
        options ??= new AssetDownloadOptions();
        OptionsCheck.Require(new AssetDownloadOptionsValidator(), options, nameof(options));
        return options with { Keys = [.. options.Keys], Download = options.Download with { } };
    }
}
