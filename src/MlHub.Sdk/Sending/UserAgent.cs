using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>Says who is asking (RFC 9110 §10.1.5): <c>MlHub.Sdk/0.1.0 (Debian GNU/Linux 12; .NET 10.0.12)</c>, and the caller after it.</summary>
internal static partial class UserAgent
{
    public static string For(string? applicationName)
    {
        Require(applicationName, nameof(applicationName));
        var own = $"MlHub.Sdk/{Version()} ({Comment(RuntimeInformation.OSDescription)}; {Comment(RuntimeInformation.FrameworkDescription)})";
        return string.IsNullOrWhiteSpace(applicationName) ? own : $"{own} {applicationName.Trim()}";
    }

    /// <summary>Fails where a header cannot carry the text.</summary>
    internal static void Require(string? text, string parameter)
    {
        if (text is not null && Unfit().IsMatch(text))
        {
            throw new ArgumentException($"{parameter} holds a character that a User-Agent header cannot carry.", parameter);
        }
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
