using System.Globalization;
using MlHub.Hub;

namespace MlHub.Cli;

/// <summary><c>mlhub serve --check</c>: what would be served and what not, and why not.</summary>
internal static class DirectoryCheck
{
    private static readonly Column<Row>[] Columns =
    [
        new("Served", row => row.Collection is null ? "no" : "yes"),
        new("Collection or file", row => row.Name),
        new("Dataset", row => row.Collection?.Dataset),
        new("Types", row => row.Collection is { } collection ? string.Join(",", collection.Types) : null),
        new("Items", row => row.Collection?.Items.ToString(CultureInfo.InvariantCulture)),
        new("Archive bytes", row => row.Collection?.ArchiveBytes?.ToString(CultureInfo.InvariantCulture)),
        new("Why not", row => row.Reason, ColumnKind.WholeWords),
    ];

    public static async Task<int> RunAsync(CommandRun run, IndexedHub hub, CancellationToken cancellationToken)
    {
        Row[] rows =
        [
            .. hub.Collections.OrderBy(collection => collection.Dataset, StringComparer.Ordinal).ThenBy(collection => collection.Id, StringComparer.Ordinal).Select(collection => new Row(collection.Id, collection, null)),
            .. (await hub.ListLeftOutAsync(cancellationToken).ConfigureAwait(false)).Select(file => new Row(file.Path, null, file.Reason)),
        ];
        await run.Results.ListAsync(rows.ToAsyncEnumerable(), Json, Columns, cancellationToken).ConfigureAwait(false);
        return ExitCode.Success;
    }

    // {served, name, dataset, types, items, archiveBytes} or {served, name, reason}.
    private static string Json(Row row) => DownloadJson.Write(json =>
    {
        json.WriteBoolean("served", row.Collection is not null);
        json.WriteString("name", row.Name);
        if (row.Collection is not { } collection)
        {
            json.WriteString("reason", row.Reason);
            return;
        }

        json.WriteString("dataset", collection.Dataset);
        json.WriteStartArray("types");
        foreach (var type in collection.Types)
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
        json.WriteNumber("items", collection.Items);
        if (collection.ArchiveBytes is { } bytes)
        {
            json.WriteNumber("archiveBytes", bytes);
        }
        else
        {
            json.WriteNull("archiveBytes");
        }
    });

    private sealed record Row(string Name, ServedCollection? Collection, string? Reason);
}
