using System.Globalization;
using System.Text;

namespace MlHub.Sdk;

/// <summary>Text of servers and files for a message of this library.</summary>
internal static class VisibleText
{
    /// <summary>
    /// The text with control characters written out (<c>\u001b</c>). A message may be shown on a terminal, where they could change the screen, or stand in a
    /// log, where they could begin another line.
    /// </summary>
    internal static string Of(string text) => text.Any(char.IsControl)
        ? text.Aggregate(new StringBuilder(), (visible, letter) => char.IsControl(letter) ? visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}") : visible.Append(letter)).ToString()
        : text;
}
