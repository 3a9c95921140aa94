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
        "--output" or "--output-file" or "--asset-output" or "--layout" or "--rewrite" or "--lock" or "--file-name" or "--if-exists" or "--if-locked" or "--allow-pages" or "--digest" or "--checksums" => 1,
        "--connections" or "--concurrency" or "--no-fsync" => 2,
        "--api-key" or "--profile" or "--root-url" or "--sandbox" or "--hub" => 3,
        "--format" or "--progress" or "--quiet" or "--verbose" => 4,
        "--version" or "--help" => 5,
        _ => 0,
    };

    private static string Heading(int group) => group switch
    {
        0 => "Options",
        1 => "Files",
        2 => "Speed",
        3 => "Hub and API key",
        4 => "Output",
        _ => "Help",
    };
}
