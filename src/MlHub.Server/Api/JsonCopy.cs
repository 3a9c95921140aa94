using System.Text.Json;

namespace MlHub.Server;

/// <summary>Copies JSON, except for members that are left out. The spaces between tokens of pretty-printed JSON are left out too.</summary>
internal ref struct JsonCopy
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly ResponseBuffer _output;

    // What is copied next: from here, or nothing if it is negative; and the end of the last member.
    private int _from = -1;
    private int _end;

    public JsonCopy(ReadOnlySpan<byte> json, ResponseBuffer output)
        : this(json, output, json.Contains((byte)'\n') || json.IndexOf("\": "u8) >= 0)
    {
    }

    public JsonCopy(ReadOnlySpan<byte> json, ResponseBuffer output, bool isSpacious)
    {
        _json = json;
        _output = output;
        IsSpacious = isSpacious;
    }

    /// <summary>Whether there are spaces between tokens.</summary>
    public bool IsSpacious { get; }

    /// <summary>Whether the current object has members so far.</summary>
    public bool HasMembers { get; private set; }

    /// <summary>Begins at a position.</summary>
    public void From(int start) => _from = start;

    /// <summary>Copies up to a position.</summary>
    public void UpTo(int end)
    {
        if (_from >= 0)
        {
            Write(_json[_from..end]);
        }

        _from = -1;
    }

    /// <summary>Adds bytes to the beginning of a text. The reader is at the text.</summary>
    public void InsertInText(in Utf8JsonReader reader, ReadOnlySpan<byte> bytes) => InsertInText((int)reader.TokenStartIndex, bytes);

    /// <summary>Adds bytes to the beginning of a text.</summary>
    /// <param name="quote">The position of the text.</param>
    /// <param name="bytes">The bytes.</param>
    public void InsertInText(int quote, ReadOnlySpan<byte> bytes)
    {
        UpTo(quote);
        _output.Write("\""u8);
        _output.Write(bytes);
        _from = quote + LengthOfText(_json[quote..]);
        _output.Write(_json[(quote + 1).._from]);
    }

    /// <summary>Begins an object whose members are chosen. The reader is at its beginning.</summary>
    public void BeginObject(in Utf8JsonReader reader)
    {
        if (_from < 0)
        {
            _from = (int)reader.TokenStartIndex;
        }

        UpTo((int)reader.BytesConsumed);
        HasMembers = false;
    }

    /// <summary>Begins a member. The reader is at its name.</summary>
    public void BeginMember(in Utf8JsonReader reader)
    {
        if (_from < 0)
        {
            if (HasMembers)
            {
                _output.Write(","u8);
            }

            _from = (int)reader.TokenStartIndex;
        }

        HasMembers = true;
    }

    /// <summary>Ends a member. The reader is at its end.</summary>
    public void EndMember(in Utf8JsonReader reader) => (_end, HasMembers) = ((int)reader.BytesConsumed, true);

    /// <summary>Leaves a member out. The reader is at its name.</summary>
    /// <returns>The value.</returns>
    public ReadOnlySpan<byte> LeaveOut(scoped ref Utf8JsonReader reader)
    {
        EndMembers();
        return Value(_json, ref reader);
    }

    /// <summary>Copies the members up to here.</summary>
    public void EndMembers() => UpTo(_end);

    /// <summary>Ends an object. The reader is at its end.</summary>
    public void EndObject(in Utf8JsonReader reader)
    {
        EndMembers();
        _from = (int)reader.TokenStartIndex;
    }

    /// <summary>Reads the value of a member. The reader is at its name, and is at the end of the value then.</summary>
    public static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> json, scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private readonly void Write(ReadOnlySpan<byte> json)
    {
        if (!IsSpacious)
        {
            _output.Write(json);
            return;
        }

        while (json.IndexOfAny("\" \t\r\n"u8) is >= 0 and var next)
        {
            _output.Write(json[..next]);
            json = json[next..];
            var skipped = json[0] == '"' ? 0 : 1;
            var length = skipped == 0 ? LengthOfText(json) : 0;
            _output.Write(json[..length]);
            json = json[(length + skipped)..];
        }

        _output.Write(json);
    }

    // With both quotes.
    private static int LengthOfText(ReadOnlySpan<byte> json)
    {
        for (var i = 1; i < json.Length; i++)
        {
            if (json[i] == '"')
            {
                return i + 1;
            }

            i += json[i] == '\\' ? 1 : 0;
        }

        return json.Length;
    }
}
