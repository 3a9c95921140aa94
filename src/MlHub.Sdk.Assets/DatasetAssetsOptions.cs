using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>The options for downloading the assets of a dataset.</summary>
/// <remarks>They are copied when the download starts; later changes have no effect.</remarks>
public sealed record DatasetAssetsOptions
{
    /// <summary>Gets or sets which assets to download.</summary>
    /// <value>The default is an <see cref="AssetFilter"/> with its default values: all assets.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    [ValidateObjectMembers]
    public AssetFilter Filter { get; set; } = new();

    /// <summary>Gets or sets the directory for the assets and the database, if it is not that of the catalogue. <c>~</c> is the home directory.</summary>
    /// <value>The default is null: the output directory.</value>
    public string? AssetDirectory { get; set; }

    /// <summary>Gets or sets the number of files to download at the same time.</summary>
    /// <value>The default is null: 32, and more, up to 256, while that makes the run faster. The range is from 1 to 256.</value>
    /// <remarks>Each host has at most <see cref="TransferOptions.MaxConnectionsPerHost"/> connections, which is 16 by default: raise it for hubs with long delays.</remarks>
    [Range(1, 256)]
    public int? Concurrency { get; set; }

    /// <summary>Gets or sets what to do with existing files, and how to download each file.</summary>
    /// <value>The default is a <see cref="DownloadOptions"/> with its default values.</value>
    /// <remarks>
    /// <see cref="IfExists.Resume"/> and <see cref="IfExists.Skip"/> keep a file that an earlier run completed and that still has its size, without a request. Any other
    /// existing file is compared with the server. Files below 8 MiB are flushed to disk together, before they are recorded.
    /// </remarks>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    [ValidateObjectMembers(typeof(DownloadOptionsValidator))]
    public DownloadOptions Download { get; set; } = new();

    /// <summary>Checks the values and makes a copy, so that later changes by the caller have no effect.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    internal static DatasetAssetsOptions Checked(DatasetAssetsOptions? options)
    {
        options ??= new DatasetAssetsOptions();
        OptionsCheck.Require(new DatasetAssetsOptionsValidator(), options, nameof(options));
        return options with { Filter = options.Filter.Copy(nameof(options)), Download = options.Download with { } };
    }
}
