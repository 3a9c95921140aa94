using System.Globalization;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A request as the <see cref="ScriptedServer"/> got it.</summary>
public sealed record ScriptedRequest(string Path, IReadOnlyDictionary<string, string> Headers, int Number)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The start and the included end of the range asked for.</summary>
    public (int Start, int? Last)? Range
    {
        get
        {
            if (Header("Range") is not { } value)
            {
                return null;
            }

            var ends = value["bytes=".Length..].Split('-');
            return (int.Parse(ends[0], CultureInfo.InvariantCulture), ends[1].Length == 0 ? null : int.Parse(ends[1], CultureInfo.InvariantCulture));
        }
    }
}
