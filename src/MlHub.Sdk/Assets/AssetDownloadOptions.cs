using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Which assets of items to download, and how.</summary>
/// <remarks>All properties can be bound from configuration. A download copies them when it begins; later changes have no effect on it.</remarks>
public sealed record AssetDownloadOptions
{
    /// <summary>Gets or sets the keys of the assets to download, for example <c>B02</c>. Upper and lower case differ.</summary>
    /// <value>The default is empty: all assets.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>Gets or sets how many files are fetched at once.</summary>
    /// <value>The default is null: 8. The range is from 1 to 256.</value>
    [Range(1, 256)]
    public int? Concurrency { get; set; }

    /// <summary>Gets or sets how each file is downloaded.</summary>
    /// <value>The default is a <see cref="DownloadOptions"/> with its default values.</value>
    [Required(ErrorMessage = OptionsCheck.RequiredMessage)]
    [ValidateObjectMembers]
    public DownloadOptions Download { get; set; } = new();

    /// <summary>A copy that later changes do not reach, after its values were checked.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    internal static AssetDownloadOptions Checked(AssetDownloadOptions? options)
    {
        options ??= new AssetDownloadOptions();
        OptionsCheck.Require(new AssetDownloadOptionsValidator(), options, nameof(options));
        return options with { Keys = [.. options.Keys], Download = options.Download with { } };
    }
}
