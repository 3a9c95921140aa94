using System.CommandLine;

namespace MlHub.Cli;

/// <summary>The groups in which the help shows options.</summary>
internal static class OptionGroups
{
    /// <summary>Options by their group, in the order of the help.</summary>
    public static IEnumerable<(string Heading, Option[] Options)> Of(IEnumerable<Option> options) =>
        options.GroupBy(Group).OrderBy(group => group.Key).Select(group => (Heading(group.Key), group.ToArray()));

    private static int Group(Option option) => option.Name switch
    {
        "--listen" or "--port" or "--host" or "--public-url" or "--certificate" or "--certificate-key" or "--certificate-password-file" or "--cors" => 1,
        "--output" or "--output-file" or "--asset-output" or "--layout" or "--rewrite" or "--lock" or "--file-name" or "--if-exists" or "--if-locked" or "--allow-pages" or "--digest" or "--checksums" => 2,
        "--connections" or "--concurrency" or "--no-fsync" => 3,
        "--requests-per-second" or "--downloads" or "--downloads-per-client" or "--max-connections" or "--min-rate" => 4,
        "--api-key" or "--profile" or "--root-url" or "--sandbox" or "--hub" => 5,
        "--format" or "--progress" or "--quiet" or "--verbose" or "--log-format" => 6,
        "--version" or "--help" => 7,
        _ => 0,
    };

    private static string Heading(int group) => group switch
    {
        0 => "Options",
        1 => "Address and TLS",
        2 => "Files",
        3 => "Speed",
        4 => "Limits",
        5 => "Hub and API key",
        6 => "Output",
        _ => "Help",
    };
}
