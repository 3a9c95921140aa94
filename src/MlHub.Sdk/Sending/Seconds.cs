using System.Globalization;

namespace MlHub.Sdk;

/// <summary>Durations in messages: <c>0.5 s</c>, in every culture.</summary>
internal static class Seconds
{
    internal static string Text(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###} s");
}
