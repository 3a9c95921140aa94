using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>Says who is asking (RFC 9110 §10.1.5): <c>MlHub.Sdk/0.1.0 (Debian GNU/Linux 12; .NET 10.0.12)</c>, and the caller after it.</summary>
internal static partial class UserAgent
{
    /// <summary>What a User-Agent header can carry: printable ASCII.</summary>
    internal const string Pattern = @"[\x20-\x7E]*";

    /// <summary>The message for text that does not fit <see cref="Pattern"/>.</summary>
    internal const string PatternMessage = "{0} holds a character that a User-Agent header cannot carry.";

    public static string For(string? applicationName)
    {
        var own = $"MlHub.Sdk/{Version()} ({Comment(RuntimeInformation.OSDescription)}; {Comment(RuntimeInformation.FrameworkDescription)})";
        return string.IsNullOrWhiteSpace(applicationName) ? own : $"{own} {applicationName.Trim()}";
    }

    private static string Version() =>
        typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Text that may stand in a comment of a header (RFC 9110 §5.6.5): no parentheses, nothing but ASCII.</summary>
    private static string Comment(string text) => NotInComment().Replace(text, "").Trim();

    [GeneratedRegex(@"[^\x20-\x7E]|[()\\;]")]
    private static partial Regex NotInComment();
}
