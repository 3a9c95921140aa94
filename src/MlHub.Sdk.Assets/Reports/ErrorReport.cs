using MlHub.Sdk.Assets.Record;

namespace MlHub.Sdk.Assets.Reports;

/// <summary>The file <c>err_report.csv</c> of the Python client: error, dataset, collection, item, asset key, URL, without a heading. It exists only if something failed.</summary>
internal sealed class ErrorReport : IDisposable
{
    internal const string FileName = "err_report.csv";
    private readonly string _datasetId;
    private StreamWriter? _file;

    /// <summary>Removes the report of the last run.</summary>
    internal ErrorReport(string directory, string datasetId, string? shard)
    {
        _datasetId = datasetId;
        Path = System.IO.Path.Combine(directory, shard is null ? FileName : $"err_report.{shard}.csv");
        File.Delete(Path);
    }

    internal string Path { get; }

    internal bool HasFailures => _file is not null;

    internal void Add(AssetRow row, string error)
    {
        _file ??= new StreamWriter(Path, append: false) { NewLine = "\r\n" };
        _file.WriteLine(string.Join(',', ((string?[])[error, _datasetId, row.CollectionId, row.ItemId, row.Key, row.Url]).Select(Quote)));
    }

    internal void Flush() => _file?.Flush();

    public void Dispose() => _file?.Dispose();

    // As csv.QUOTE_MINIMAL of Python.
    private static string Quote(string? field) =>
        field is null ? "" : field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
