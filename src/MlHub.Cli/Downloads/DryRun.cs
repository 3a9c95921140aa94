using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Counts the files and bytes of a download for <c>--dry-run</c>. It creates, locks and downloads nothing.</summary>
/// <remarks>All downloads show the same columns, JSON and words.</remarks>
internal sealed class DryRun(CommandRun run)
{
    private readonly List<Row> _rows = [];
    private readonly List<Row> _dropped = [];
    private readonly List<int> _failures = [];

    /// <summary>Estimates several downloads, one after the other, and shows the results.</summary>
    /// <returns>The exit code that the download would have, as far as it is known.</returns>
    public static Task<int> OneByOneAsync(CommandRun run, IReadOnlyList<string> ids, Func<string, DryRun, Task<DownloadEstimate>> estimate, CancellationToken cancellationToken) =>
        OneByOneAsync(run, [.. ids.Distinct(StringComparer.Ordinal)], id => id, estimate, cancellationToken);

    /// <inheritdoc cref="OneByOneAsync(CommandRun, IReadOnlyList{string}, Func{string, DryRun, Task{DownloadEstimate}}, CancellationToken)"/>
    public static async Task<int> OneByOneAsync<T>(
        CommandRun run, IReadOnlyList<T> targets, Func<T, string> name, Func<T, DryRun, Task<DownloadEstimate>> estimate, CancellationToken cancellationToken)
    {
        var dry = new DryRun(run);
        foreach (var target in targets)
        {
            try
            {
                dry._rows.Add(new Row(name(target), await estimate(target, dry).ConfigureAwait(false)));
            }
            catch (Exception error) when (targets.Count > 1 && error is NoSuchAssetException or (MlHubException and not (ApiKeyNotFoundException or MlHubAuthenticationException)))
            {
                await dry.FailAsync(name(target), error).ConfigureAwait(false);
            }
        }

        return await dry.CloseAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shows the parts of one download, and what filters drop.</summary>
    public static Task OfPartsAsync(
        CommandRun run, IReadOnlyList<(string Id, DownloadEstimate Estimate)> parts, IReadOnlyList<(string Filter, DownloadEstimate Dropped)> filters, CancellationToken cancellationToken)
    {
        var dry = new DryRun(run);
        dry._rows.AddRange(parts.Select(part => new Row(part.Id, part.Estimate)));
        dry._dropped.AddRange(filters.Select(filter => new Row(filter.Filter, filter.Dropped)));
        return dry.CloseAsync(cancellationToken);
    }

    /// <summary>The estimate of one file. A null size is unknown.</summary>
    public static DownloadEstimate OneFile(long? bytes) => new() { Files = 1, Bytes = bytes ?? 0, FilesOfUnknownSize = bytes is null ? 1 : 0 };

    /// <summary>Several estimates as one.</summary>
    public static DownloadEstimate Sum(params IReadOnlyCollection<DownloadEstimate> estimates) => new()
    {
        Files = estimates.Sum(estimate => estimate.Files),
        Bytes = estimates.Sum(estimate => estimate.Bytes),
        FilesOfUnknownSize = estimates.Sum(estimate => estimate.FilesOfUnknownSize),
    };

    /// <summary>Reports a target that does not exist or could not be estimated.</summary>
    public Task FailAsync(string name, Exception error)
    {
        Report(name, error, run.Messages.DescribeNamed(error));
        return Task.CompletedTask;
    }

    /// <summary>Reports a target that the user did not name, with a description of the error.</summary>
    public void Report(string name, Exception error, string description)
    {
        _failures.Add(ExitCode.Of(error));
        run.Messages.Error(Messages.About(name, description));
    }

    private async Task<int> CloseAsync(CancellationToken cancellationToken)
    {
        Column<Row>[] columns =
        [
            new("ID", row => _dropped.Contains(row) ? $"dropped by {row.Id}" : row.Id),
            new("Files", row => row.Estimate.Files.ToString(CultureInfo.InvariantCulture)),
            run.Environment.OutputIsTerminal ? new("Size", row => Size(row.Estimate)) : new("Bytes", row => Bytes(row.Estimate)),
        ];
        await run.Results.ListAsync(_rows.Concat(_dropped).ToAsyncEnumerable(), Json, columns, cancellationToken).ConfigureAwait(false);
        await run.Output.FlushAsync().ConfigureAwait(false);
        var total = Sum([.. _rows.Select(row => row.Estimate)]);
        run.Messages.Note($"dry run: {total.Files} {(total.Files == 1 ? "file" : "files")}, {Size(total)}; nothing was downloaded");
        return ExitCode.OfMany(_rows.Count(row => row.Estimate.Files > 0), _failures);
    }

    private static string Size(DownloadEstimate estimate) => estimate switch
    {
        { FilesOfUnknownSize: 0 } => Sizes.Of(estimate.Bytes),
        _ when estimate.FilesOfUnknownSize == estimate.Files => "size unknown",
        _ => $"at least {Sizes.Of(estimate.Bytes)} (the size of {estimate.FilesOfUnknownSize} is unknown)",
    };

    // For programs. Null if a size is unknown, so that a part of the bytes is not mistaken for all of them.
    private static string? Bytes(DownloadEstimate estimate) => estimate.FilesOfUnknownSize == 0 ? estimate.Bytes.ToString(CultureInfo.InvariantCulture) : null;

    // {id, files, bytes, filesOfUnknownSize}; for what a filter drops, {filter, …}.
    private string Json(Row row) => DownloadJson.Write(json =>
    {
        json.WriteString(_dropped.Contains(row) ? "filter" : "id", row.Id);
        json.WriteNumber("files", row.Estimate.Files);
        json.WriteNumber("bytes", row.Estimate.Bytes);
        json.WriteNumber("filesOfUnknownSize", row.Estimate.FilesOfUnknownSize);
    });

    private sealed class Row(string id, DownloadEstimate estimate)
    {
        public string Id => id;

        public DownloadEstimate Estimate => estimate;
    }
}
