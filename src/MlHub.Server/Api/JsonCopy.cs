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

    /// <summary>Adds bytes to the beginning of a text.</summary>
    /// <param name="quote">The position of the text.</param>
    /// <param name="bytes">The bytes.</param>
    public void InsertInText(int quote, ReadOnlySpan<byte> bytes)
    {
        UpTo(quote);
        _output.Write("\""u8);
        _output.Write(bytes);
        _from = JsonScan.AfterText(_json, quote);
        _output.Write(_json[(quote + 1).._from]);
    }

    /// <summary>Begins an object whose members are chosen. The scan is at its beginning.</summary>
    public void BeginObject(in JsonScan scan)
    {
        if (_from < 0)
        {
            _from = scan.Start;
        }

        UpTo(scan.End);
        HasMembers = false;
    }

    /// <summary>Begins a member. The scan is at its name.</summary>
    public void BeginMember(in JsonScan scan)
    {
        if (_from < 0)
        {
            if (HasMembers)
            {
                _output.Write(","u8);
            }

            _from = scan.Start;
        }

        HasMembers = true;
    }

    /// <summary>Ends a member. The scan is at its end.</summary>
    public void EndMember(in JsonScan scan) => (_end, HasMembers) = (scan.End, true);

    /// <summary>Leaves a member out. The scan is at its name.</summary>
    /// <returns>The value.</returns>
    public ReadOnlySpan<byte> LeaveOut(scoped ref JsonScan scan)
    {
        EndMembers();
        scan.Value();
        scan.Skip();
        return _json[scan.Start..scan.End];
    }

    /// <summary>Copies the members up to here.</summary>
    public void EndMembers() => UpTo(_end);

    /// <summary>Ends an object. The scan is at its end.</summary>
    public void EndObject(in JsonScan scan)
    {
        EndMembers();
        _from = scan.Start;
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
            var length = skipped == 0 ? JsonScan.AfterText(json, 0) : 0;
            _output.Write(json[..length]);
            json = json[(length + skipped)..];
        }

        _output.Write(json);
    }
}
