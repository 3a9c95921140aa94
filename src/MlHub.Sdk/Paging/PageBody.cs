using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>
/// Reads a page while it arrives: the elements of its list one by one, and its links. A page is an array, or an object that contains the list and the links in
/// any order. All other fields are skipped.
/// </summary>
internal sealed class PageBody(ApiBody body, string? list)
{
    private State _state = State.Start;
    private bool _hasList;
    private JsonElement? _linked;
    private JsonElement? _beside;

    private enum State
    {
        Start,
        FirstElement,
        NextElement,
        FirstField,
        NextField,
        End,
        Done,
    }

    /// <summary>The number of elements read.</summary>
    public int Count { get; private set; }

    /// <summary>The <c>next</c> link of the page, available after all elements were read. Null if it has none.</summary>
    public JsonElement? Next => _linked ?? NextLinks.Beside(_beside);

    /// <summary>The position in the page of the current element.</summary>
    private string? Place => _state is State.FirstElement or State.NextElement ? PlaceOf(Count) : null;

    /// <summary>The position of an element in the page.</summary>
    public string PlaceOf(int index) => $"{list}[{index}]";

    /// <summary>The next element, of any type. Null at the end of the page.</summary>
    /// <exception cref="MlHubException">The page is not JSON, broke off, or has no such list.</exception>
    public async ValueTask<JsonElement?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (_state != State.Done)
            {
                if (await IsAtElementAsync(cancellationToken).ConfigureAwait(false))
                {
                    var element = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
                    _state = State.NextElement;
                    Count++;
                    return element;
                }
            }

            return null;
        }
        catch (Exception e) when (ApiBody.IsUnreadable(e))
        {
            throw body.Explain(e, Place);
        }
    }

    private async ValueTask<bool> IsAtElementAsync(CancellationToken cancellationToken)
    {
        switch (_state)
        {
            case State.Start:
                await OpenAsync(cancellationToken).ConfigureAwait(false);
                return false;
            case State.FirstElement when await body.PeekAsync(cancellationToken).ConfigureAwait(false) != ']':
                return true;
            case State.FirstElement or State.NextElement when await HasNextAsync(']', cancellationToken).ConfigureAwait(false):
                return true;
            case State.FirstElement or State.NextElement:
                _state = list is null ? State.End : State.NextField;
                return false;
            case State.FirstField when await body.PeekAsync(cancellationToken).ConfigureAwait(false) != '}':
                await ReadFieldAsync(cancellationToken).ConfigureAwait(false);
                return false;
            case State.FirstField or State.NextField when await HasNextAsync('}', cancellationToken).ConfigureAwait(false):
                await ReadFieldAsync(cancellationToken).ConfigureAwait(false);
                return false;
            default:
                await EndAsync(cancellationToken).ConfigureAwait(false);
                return false;
        }
    }

    private async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        var opening = list is null ? '[' : '{';
        var first = await body.PeekAsync(cancellationToken).ConfigureAwait(false);
        if (first != opening)
        {
            // The JSON is read completely before a wrong type is reported, so that incomplete JSON is reported as such.
            await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            throw WrongShape();
        }

        await body.NextAsync(cancellationToken).ConfigureAwait(false);
        _state = list is null ? State.FirstElement : State.FirstField;
    }

    /// <summary>Consumes a comma, which precedes another element, or the closing bracket.</summary>
    private async ValueTask<bool> HasNextAsync(char closing, CancellationToken cancellationToken)
    {
        var character = await body.NextAsync(cancellationToken).ConfigureAwait(false);
        return character == ',' || (character == closing ? false : throw new JsonException("A comma or a bracket is missing."));
    }

    private async ValueTask ReadFieldAsync(CancellationToken cancellationToken)
    {
        var name = await ReadNameAsync(cancellationToken).ConfigureAwait(false);
        var first = await body.PeekAsync(cancellationToken).ConfigureAwait(false);
        _state = State.NextField;
        if (name == list && first == '[')
        {
            await body.NextAsync(cancellationToken).ConfigureAwait(false);
            (_hasList, _state) = (true, State.FirstElement);
        }
        else if (name == list)
        {
            // Servers written in Go send an empty list as null.
            var value = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            _hasList = value.ValueKind == JsonValueKind.Null ? true : throw WrongShape();
        }
        else if (name == "links")
        {
            var links = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            _linked ??= NextLinks.Among(links);
        }
        else if (name == "next")
        {
            _beside = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await body.SkipAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<string?> ReadNameAsync(CancellationToken cancellationToken)
    {
        if (await body.PeekAsync(cancellationToken).ConfigureAwait(false) != '"')
        {
            throw new JsonException("A name is missing.");
        }

        var name = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
        return await body.NextAsync(cancellationToken).ConfigureAwait(false) == ':'
            ? JsonFields.AsText(name) ?? ""
            : throw new JsonException("A colon is missing.");
    }

    private async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await body.EndAsync(cancellationToken).ConfigureAwait(false);
        _state = _hasList || list is null ? State.Done : throw WrongShape();
    }

    private MlHubException WrongShape() => ApiBody.WrongShape(list is null ? "a list" : $"a page with an array '{list}'");
}
