using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using MlHub.Sdk.Assets.Layout;

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

    /// <summary>Gets or sets the path of each asset in the directory of the dataset, as a template: <c>{collection}/{year}/{item}.{key}{ext}</c>.</summary>
    /// <value>The default is null: <c>{collection}/{item}/{key}{ext}</c>, as in the Python client.</value>
    /// <remarks>
    /// <para>
    /// The fields are <c>dataset</c>, <c>collection</c>, <c>item</c>, <c>key</c>, <c>ext</c> (with its dot; empty if the file has none), and <c>year</c>, <c>month</c>, <c>day</c> and <c>date</c>
    /// (2021-03-01) of the item's time, or of its start, in UTC. A missing time is <c>undated</c>, and a missing collection is <c>_none</c>. For a file that the items of a
    /// collection share, <c>item</c> is <c>_common</c>. For an asset of the collection itself, it is <c>_collection</c>. Both have no time.
    /// </para>
    /// <para>Characters that are not allowed in file names are replaced. If two assets would get the same path, digits of a hash are added to the second one.</para>
    /// <para>
    /// A later run may use another layout. Files whose path changes are downloaded again. The files of the earlier layout are not removed.
    /// </para>
    /// </remarks>
    public string? Layout { get; set; }

    /// <summary>Gets or sets whether the STAC files are rewritten, so that any STAC tool can open them without the hub.</summary>
    /// <value>The default is false: they are stored with the bytes that the hub sent, unless an earlier run in the same directory has rewritten them.</value>
    /// <remarks>
    /// Links between STAC files become relative. An asset whose file is stored gets the relative address of the file, and its original address as <c>alternate</c> (STAC Alternate Assets
    /// extension). Other assets get their absolute original address. A link <c>derived_from</c> leads to the original document if that has an absolute <c>self</c> link.
    /// </remarks>
    public bool Rewrite { get; set; }

    /// <summary>Gets or sets a file with STAC items that is read instead of the catalogue of the hub. <c>~</c> is the home directory.</summary>
    /// <value>The default is null: the catalogue of the hub or, if it has none, the pages of the items of its collections.</value>
    /// <remarks>
    /// The file contains an item collection (a FeatureCollection), one item, a list of items, or items one after the other, as in lines of JSON. It may also contain collections. Entries that are not
    /// items are reported in <see cref="DatasetAssetsResult.Refused"/>. Relative addresses of assets are resolved against the <c>self</c> link of their item.
    /// </remarks>
    public string? ItemsFile { get; set; }

    /// <summary>Gets or sets the part of the files that this run downloads, if several processes or machines share the work.</summary>
    /// <value>The default is null: all.</value>
    /// <remarks>
    /// All parts together are exactly the files of one run. Each part has its own database, such as <c>mlhub_stac_assets.2-of-8.db</c>, and its own reports, so all parts can use the same directory. The first one also writes the
    /// STAC files. <see cref="DatasetAssetsExtensions.MergeAssetShards"/> checks that all are complete, and joins their databases.
    /// </remarks>
    public AssetShard? Shard { get; set; }

    /// <summary>Gets or sets a lock: exactly the files in it are downloaded, with exactly their bytes. <c>~</c> is the home directory.</summary>
    /// <value>The default is null: the files that <see cref="Filter"/> selects.</value>
    /// <remarks>
    /// Existing files are read and compared. The layout is that of the lock. <see cref="Filter"/> must have its default values. An asset whose bytes differ fails like any other failed asset, and its bytes
    /// are not stored. <see cref="DatasetAssetsExtensions.LockAssetsAsync"/> writes a lock.
    /// </remarks>
    public string? LockFile { get; set; }

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

    /// <summary>The paths of the files to try again; null for all.</summary>
    internal IReadOnlyList<string>? OnlyPaths { get; init; }

    /// <summary>Checks the values and makes a copy, so that later changes by the caller have no effect.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    internal static DatasetAssetsOptions Checked(DatasetAssetsOptions? options)
    {
        options ??= new DatasetAssetsOptions();
        OptionsCheck.Require(new DatasetAssetsOptionsValidator(), options, nameof(options));
        if (options.Layout is { } layout)
        {
            LayoutTemplate.Parse(layout, nameof(options));
        }

        if (options.Shard is not null && options.Rewrite)
        {
            throw new ArgumentException("Rewrite cannot be used for a shard, which knows only its own files: merge the shards, and run once more with Rewrite and without Shard.", nameof(options));
        }

        if (options.LockFile is not null && options.Shard is not null)
        {
            throw new ArgumentException("Shard cannot be used together with LockFile: lock each part of the work by itself, or download without shards.", nameof(options));
        }

        if (options.LockFile is not null && options.Filter.HasAny)
        {
            throw new ArgumentException("Filter cannot be used together with LockFile, because the lock says which files to download.", nameof(options));
        }

        return options with { Filter = options.Filter.Copy(nameof(options)), Download = options.Download with { } };
    }
}
