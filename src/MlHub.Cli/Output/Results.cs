namespace MlHub.Cli;

/// <summary>Writes the results of a command to standard output, in the requested format.</summary>
internal sealed class Results(CommandRun run)
{
    private readonly StandardOutput _output = run.Output;

    /// <summary>Writes a list, element by element as it arrives.</summary>
    /// <remarks>If the list fails, the JSON array is not closed, so that the output cannot be mistaken for a complete list.</remarks>
    public Task ListAsync<T>(IAsyncEnumerable<T> list, Func<T, string> json, Column<T>[] columns, CancellationToken cancellationToken) => run.Format switch
    {
        ResultFormat.Json => ArrayAsync(list, json, cancellationToken),
        ResultFormat.JsonLines => LinesAsync(list, element => PlainText.Json(CompactJson.Of(json(element))), cancellationToken),
        _ when run.Environment.OutputIsTerminal => TableAsync(list, columns, cancellationToken),
        _ => LinesAsync(list, element => TabSeparated(columns.Select(column => column.Text(element))), cancellationToken),
    };

    /// <summary>Writes a GeoJSON FeatureCollection.</summary>
    /// <inheritdoc cref="ListAsync" path="/remarks"/>
    public async Task FeaturesAsync<T>(IAsyncEnumerable<T> list, Func<T, string> feature, CancellationToken cancellationToken)
    {
        var separator = "{\"type\":\"FeatureCollection\",\"features\":[\n";
        await foreach (var element in FlushWhileWaiting(list, cancellationToken).ConfigureAwait(false))
        {
            await _output.WriteAsync(separator).ConfigureAwait(false);
            await _output.WriteAsync(PlainText.Json(feature(element))).ConfigureAwait(false);
            separator = ",\n";
        }

        await _output.WriteLineAsync("\n]}").ConfigureAwait(false);
    }

    /// <summary>Writes a single result. A table has the fields with a value. For JSON, <paramref name="fields"/> is not called.</summary>
    public async Task SingleAsync(string json, Func<IReadOnlyList<(string Name, string? Value)>> fields)
    {
        switch (run.Format)
        {
            case ResultFormat.Json:
                await _output.WriteLineAsync(PlainText.Json(json)).ConfigureAwait(false);
                break;
            case ResultFormat.JsonLines:
                await _output.WriteLineAsync(PlainText.Json(CompactJson.Of(json))).ConfigureAwait(false);
                break;
            case ResultFormat.Table when run.Environment.OutputIsTerminal:
                await _output.WriteAsync(TerminalTable.Fields(run.Environment, NonEmpty(fields()))).ConfigureAwait(false);
                break;
            default:
                foreach (var (name, value) in NonEmpty(fields()))
                {
                    await _output.WriteLineAsync(TabSeparated([name, value])).ConfigureAwait(false);
                }

                break;
        }
    }

    private static (string Name, string? Value)[] NonEmpty(IReadOnlyList<(string Name, string? Value)> fields) =>
        [.. fields.Where(field => !string.IsNullOrEmpty(field.Value))];

    private async Task ArrayAsync<T>(IAsyncEnumerable<T> list, Func<T, string> json, CancellationToken cancellationToken)
    {
        var any = false;
        await foreach (var element in FlushWhileWaiting(list, cancellationToken).ConfigureAwait(false))
        {
            await _output.WriteAsync(any ? ",\n" : "[\n").ConfigureAwait(false);
            await _output.WriteAsync(PlainText.Json(json(element))).ConfigureAwait(false);
            any = true;
        }

        await _output.WriteLineAsync(any ? "\n]" : "[]").ConfigureAwait(false);
    }

    private async Task LinesAsync<T>(IAsyncEnumerable<T> list, Func<T, string> line, CancellationToken cancellationToken)
    {
        await foreach (var element in FlushWhileWaiting(list, cancellationToken).ConfigureAwait(false))
        {
            await _output.WriteLineAsync(line(element)).ConfigureAwait(false);
        }
    }

    private async Task TableAsync<T>(IAsyncEnumerable<T> list, Column<T>[] columns, CancellationToken cancellationToken)
    {
        var table = new TerminalTable(run.Environment, [.. columns.Select(column => (column.Heading, column.Kind))]);
        try
        {
            await foreach (var element in FlushWhileWaiting(list, cancellationToken).ConfigureAwait(false))
            {
                await _output.WriteAsync(table.Add([.. columns.Select(column => column.Text(element) ?? "")])).ConfigureAwait(false);
            }
        }
        finally
        {
            // The rows before an error are shown.
            await _output.WriteAsync(table.End()).ConfigureAwait(false);
        }
    }

    /// <summary>Flushes the output whenever the list has to wait for the server, so that the next program in a pipe gets the results at once.</summary>
    private async IAsyncEnumerable<T> FlushWhileWaiting<T>(
        IAsyncEnumerable<T> list, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var elements = list.GetAsyncEnumerator(stop.Token);
        await using (elements.ConfigureAwait(false))
        {
            while (await NextAsync(elements.MoveNextAsync().AsTask(), stop).ConfigureAwait(false))
            {
                yield return elements.Current;
            }
        }
    }

    private async Task<bool> NextAsync(Task<bool> next, CancellationTokenSource stop)
    {
        try
        {
            if (!next.IsCompleted)
            {
                await _output.FlushAsync().ConfigureAwait(false);
            }
        }
        catch
        {
            // The reader has closed the pipe. The request for the next page is cancelled, and must end before the list is disposed.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await next.ConfigureAwait(false);
    }

    private static string TabSeparated(IEnumerable<string?> fields) => string.Join('\t', fields.Select(field => PlainText.OneLine(field ?? "")));
}
