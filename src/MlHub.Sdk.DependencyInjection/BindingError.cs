using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace MlHub.Sdk;

/// <summary>What is wrong with a section, without the values in it: .NET's own messages quote them, and a value may be a key in the wrong place.</summary>
internal static partial class BindingError
{
    internal static string Describe(InvalidOperationException error, IConfiguration section)
    {
        var path = section is IConfigurationSection { Path: var name } ? name : nameof(MlHubClientOptions);
        if (Conversion().Match(error.Message) is { Success: true } conversion)
        {
            var type = conversion.Groups["type"].Value;
            return $"The value of {conversion.Groups["path"].Value} must be {(type switch
            {
                "System.TimeSpan" => "a time such as 00:01:00",
                "System.Int32" or "System.Int64" => "a whole number",
                "System.Boolean" => "true or false",
                "System.Uri" => "an address such as https://hub.example.org/mlhub/v1/",
                _ => $"a {type[(type.LastIndexOf('.') + 1)..]}",
            })}.";
        }

        if (Unknown().Match(error.Message) is not { Success: true } unknown)
        {
            return $"The settings in {path} could not be read.";
        }

        var parent = unknown.Groups["type"].Value.EndsWith(nameof(TransferOptions), StringComparison.Ordinal) ? $"{path}:{nameof(MlHubClientOptions.Transfer)}" : path;
        var names = unknown.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries).Select(name => $"{parent}:{name.Trim('\'')}").ToArray();
        return $"{string.Join(" and ", names)} {(names.Length == 1 ? "is not a setting" : "are not settings")}. Correct the name, or remove it.";
    }

    // A value may contain the same words, so the last ones count.
    [GeneratedRegex("^Failed to convert configuration value .* at '(?<path>[^']*)' to type '(?<type>[^']*)'", RegexOptions.Singleline | RegexOptions.RightToLeft)]
    private static partial Regex Conversion();

    [GeneratedRegex("were not found on the instance of (?<type>[^ ]*): (?<names>.*)$", RegexOptions.Singleline)]
    private static partial Regex Unknown();
}
