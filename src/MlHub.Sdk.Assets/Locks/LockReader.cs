using System.Text.Json;
using MlHub.Sdk.Assets.Selection;

namespace MlHub.Sdk.Assets.Locks;

/// <summary>Reads a lock as a stream: first its head, then one file after the other. The member <c>assets</c> must be the last.</summary>
internal sealed class LockReader : IDisposable
{
    internal const int Version = 1;

    private const int ReadSize = 64 * 1024;
    private const int LongestValue = 16 * 1024 * 1024;

    private readonly string _path;
    private readonly FileStream _file;
    private byte[] _buffer = new byte[ReadSize];
    private int _start;
    private int _end;
    private bool _isEnd;
    private JsonReaderState _state;

    internal LockReader(string path)
    {
        _path = path;
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
    }

    /// <exception cref="FormatException">The file is not a lock.</exception>
    internal AssetsLock ReadHead()
    {
        var head = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (Next(wholeValue: false) is not (JsonTokenType.StartObject, _, _))
        {
            throw NotALock("it is not a JSON object");
        }

        while (Next(wholeValue: false) is (JsonTokenType.PropertyName, { } name, _))
        {
            if (name == "assets")
            {
                return Next(wholeValue: false).Type == JsonTokenType.StartArray ? HeadOf(head) : throw NotALock("\"assets\" is not a list");
            }

            head[name] = Next(wholeValue: true).Value ?? throw NotALock($"\"{name}\" has no value");
        }

        throw NotALock("it has no \"assets\"");
    }

    /// <summary>The files. Call <see cref="ReadHead"/> before.</summary>
    /// <exception cref="FormatException">The file is damaged.</exception>
    internal IEnumerable<LockedAsset> ReadAssets()
    {
        for (var number = 1; Next(wholeValue: true) is (JsonTokenType.StartObject, _, { } json); number++)
        {
            yield return json.Text("path") is { Length: > 0 } path && json.Text("key") is { } key && json.WholeNumber("bytes") is { } bytes and >= 0 && json.Text("sha256") is { Length: 64 } digest
                ? new LockedAsset(path, json.Text("collection") ?? "", json.Text("item"), key, bytes, digest, json.Text("split"))
                : throw NotALock($"asset {number} has no path, key, bytes or sha256");
        }
    }

    public void Dispose() => _file.Dispose();

    private AssetsLock HeadOf(Dictionary<string, JsonElement> head)
    {
        if (!head.TryGetValue("version", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != Version)
        {
            throw NotALock($"its \"version\" is not {Version}");
        }

        if (!head.TryGetValue("dataset", out var dataset) || JsonFields.AsText(dataset) is not { } datasetId)
        {
            throw NotALock("it has no \"dataset\"");
        }

        return new AssetsLock(
            datasetId,
            Text("catalogue") ?? "",
            head.TryGetValue("filter", out var filter) ? FilterJson.Read(filter) : new AssetFilter(),
            Text("layout"),
            head.TryGetValue("splits", out var splits) && splits.ValueKind == JsonValueKind.Object
                ? splits.EnumerateObject().ToDictionary(split => split.Name, split => JsonFields.AsNumber(split.Value) ?? 0, StringComparer.Ordinal) : new Dictionary<string, double>(),
            head.TryGetValue("seed", out var seed) && seed.ValueKind == JsonValueKind.Number && seed.TryGetInt32(out var value) ? value : null);

        string? Text(string name) => head.TryGetValue(name, out var text) ? JsonFields.AsText(text) : null;
    }

    // The next token or, if it begins a value, the whole value.
    private (JsonTokenType Type, string? Name, JsonElement? Value) Next(bool wholeValue)
    {
        while (true)
        {
            try
            {
                var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isEnd, _state);
                if (reader.Read())
                {
                    var type = reader.TokenType;
                    JsonElement? value = null;
                    var isComplete = !wholeValue || type is JsonTokenType.EndArray or JsonTokenType.EndObject || JsonElement.TryParseValue(ref reader, out value);
                    if (isComplete)
                    {
                        var name = type == JsonTokenType.PropertyName ? reader.GetString() : null;
                        _start += (int)reader.BytesConsumed;
                        _state = reader.CurrentState;
                        return (type, name, value);
                    }
                }
                else if (_isEnd)
                {
                    throw NotALock("it ends too early");
                }
            }
            catch (JsonException error)
            {
                throw NotALock($"line {error.LineNumber + 1} is not JSON");
            }

            Fill();
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length < LongestValue ? _buffer.Length * 2 : throw NotALock("a value is longer than 16 MiB"));
        }

        var count = _file.Read(_buffer, _end, _buffer.Length - _end);
        _end += count;
        _isEnd = count == 0;
    }

    private FormatException NotALock(string why) => new($"'{_path}' is not a lock of mlhub: {why}.");
}
