namespace MlHub.Cli;

/// <summary>Writes what a command found to standard output, in the format that was asked for.</summary>
internal sealed class Results(CommandRun run)
{
    private readonly StandardOutput _output = run.Output;

    /// <summary>A list, element by element as it arrives.</summary>
    /// <remarks>A list that breaks off leaves an array that is not closed: nobody can take it for the whole.</remarks>
    public Task ListAsync<T>(IAsyncEnumerable<T> list, Func<T, string> json, Column<T>[] columns, CancellationToken cancellationToken) => run.Format switch
    {
        ResultFormat.Json => ArrayAsync(list, json, cancellationToken),
        ResultFormat.JsonLines => LinesAsync(list, thing => PlainText.Json(CompactJson.Of(json(thing))), cancellationToken),
        _ when run.Environment.OutputIsTerminal => TableAsync(list, columns, cancellationToken),
        _ => LinesAsync(list, thing => TabSeparated(columns.Select(column => column.Text(thing))), cancellationToken),
    };

    /// <summary>One thing: in a table, its fields that have a value. In JSON they are not looked at.</summary>
    public async Task ThingAsync(string json, Func<IReadOnlyList<(string Name, string? Value)>> fields)
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
                await _output.WriteAsync(TerminalTable.Fields(run.Environment, Present(fields()))).ConfigureAwait(false);
                break;
            default:
                foreach (var (name, value) in Present(fields()))
                {
                    await _output.WriteLineAsync(TabSeparated([name, value])).ConfigureAwait(false);
                }

                break;
        }
    }

    private static (string Name, string? Value)[] Present(IReadOnlyList<(string Name, string? Value)> fields) =>
        [.. fields.Where(field => !string.IsNullOrEmpty(field.Value))];

    private async Task ArrayAsync<T>(IAsyncEnumerable<T> list, Func<T, string> json, CancellationToken cancellationToken)
    {
        var any = false;
        await foreach (var thing in Flushing(list, cancellationToken).ConfigureAwait(false))
        {
            await _output.WriteAsync(any ? ",\n" : "[\n").ConfigureAwait(false);
            await _output.WriteAsync(PlainText.Json(json(thing))).ConfigureAwait(false);
            any = true;
        }

        await _output.WriteLineAsync(any ? "\n]" : "[]").ConfigureAwait(false);
    }

    private async Task LinesAsync<T>(IAsyncEnumerable<T> list, Func<T, string> line, CancellationToken cancellationToken)
    {
        await foreach (var thing in Flushing(list, cancellationToken).ConfigureAwait(false))
        {
            await _output.WriteLineAsync(line(thing)).ConfigureAwait(false);
        }
    }

    private async Task TableAsync<T>(IAsyncEnumerable<T> list, Column<T>[] columns, CancellationToken cancellationToken)
    {
        var table = new TerminalTable(run.Environment, [.. columns.Select(column => (column.Heading, column.Kind))]);
        try
        {
            await foreach (var thing in Flushing(list, cancellationToken).ConfigureAwait(false))
            {
                await _output.WriteAsync(table.Add([.. columns.Select(column => column.Text(thing) ?? "")])).ConfigureAwait(false);
            }
        }
        finally
        {
            // What was found before an error is shown.
            await _output.WriteAsync(table.End()).ConfigureAwait(false);
        }
    }

    /// <summary>Hands on what is written whenever the list has to wait for the server, so that a reader down the pipe need not.</summary>
    private async IAsyncEnumerable<T> Flushing<T>(
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
            // Nobody reads any more: the page that is under way must not be waited for, and ends before the list can.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await next.ConfigureAwait(false);
    }

    private static string TabSeparated(IEnumerable<string?> fields) => string.Join('\t', fields.Select(field => PlainText.OneLine(field ?? "")));
}
