using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>
/// The <c>User-Agent</c> header (RFC 9110 §10.1.5): <c>MlHub.Sdk/0.1.0 (Debian GNU/Linux 12; .NET 10.0.12)</c>, followed by the name of the calling
/// application.
/// </summary>
internal static partial class UserAgent
{
    /// <summary>The characters allowed in a User-Agent header: printable ASCII.</summary>
    internal const string Pattern = @"[\x20-\x7E]*";

    /// <summary>The message for text that does not match <see cref="Pattern"/>.</summary>
    internal const string PatternMessage = "{0} contains a character that is not allowed in a User-Agent header.";

    public static string For(string? applicationName)
    {
        var own = $"MlHub.Sdk/{Version()} ({Comment(RuntimeInformation.OSDescription)}; {Comment(RuntimeInformation.FrameworkDescription)})";
        return string.IsNullOrWhiteSpace(applicationName) ? own : $"{own} {applicationName.Trim()}";
    }

    private static string Version() =>
        typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Makes text valid for a comment of a header (RFC 9110 §5.6.5): only ASCII, and no parentheses.</summary>
    private static string Comment(string text) => NotInComment().Replace(text, "").Trim();

    [GeneratedRegex(@"[^\x20-\x7E]|[()\\;]")]
    private static partial Regex NotInComment();
}
