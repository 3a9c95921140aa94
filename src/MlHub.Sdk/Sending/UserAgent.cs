using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>Says who is asking (RFC 9110 §10.1.5): <c>MlHub.Sdk/0.1.0 (Debian GNU/Linux 12; .NET 10.0.12)</c>, and the caller after it.</summary>
internal static partial class UserAgent
{
    public static string For(string? applicationName)
    {
        if (applicationName is not null && Unfit().IsMatch(applicationName))
        {
            throw new ArgumentException("The application name holds a character that a User-Agent header cannot carry.", nameof(applicationName));
        }

        var own = $"MlHub.Sdk/{Version()} ({Comment(RuntimeInformation.OSDescription)}; {Comment(RuntimeInformation.FrameworkDescription)})";
        return string.IsNullOrWhiteSpace(applicationName) ? own : $"{own} {applicationName.Trim()}";
    }

    private static string Version() =>
        typeof(UserAgent).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Text that may stand in a comment of a header (RFC 9110 §5.6.5): no parentheses, nothing but ASCII.</summary>
    private static string Comment(string text) => NotInComment().Replace(text, "").Trim();

    [GeneratedRegex(@"[^\x20-\x7E]|[()\\;]")]
    private static partial Regex NotInComment();

    [GeneratedRegex(@"[^\x20-\x7E]")]
    private static partial Regex Unfit();
}
