using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>
/// A page of the documentation whose code blocks are steps: a <c>diff</c> changes a file, each line of an <c>sh</c> block is a command, and a <c>text</c> block is
/// what the last command printed, perhaps with more around it. The command before a block of <c>sh fails</c> has to fail.
/// </summary>
/// <param name="root">The working copy in which the steps are taken.</param>
internal sealed partial class Guide(string root)
{
    private string _printed = "";

    /// <summary>Takes all steps of a page, in order.</summary>
    public async Task FollowAsync(string page)
    {
        foreach (Match block in Block().Matches(page))
        {
            var text = block.Groups["text"].Value;
            switch (block.Groups["kind"].Value)
            {
                case "diff":
                    Apply(text);
                    break;
                case "sh":
                case "sh fails":
                    foreach (var command in text.Split('\n'))
                    {
                        await RunAsync(command, mustFail: block.Groups["kind"].Value == "sh fails");
                    }

                    break;
                case "text":
                    Expect(text);
                    break;
            }
        }
    }

    /// <summary>Runs a command, and remembers what it prints.</summary>
    public async Task RunAsync(string command, bool mustFail = false)
    {
        var words = Word().Matches(command).Select(word => word.Value.Trim('"')).ToList();
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true };

        // Nothing of the run of these tests reaches the commands, and no server of the compiler outlives them.
        foreach (var name in start.Environment.Keys.Where(name => Regex.IsMatch(name, "^(MSBUILD|VSTEST|TESTINGPLATFORM|CORECLR|MLHUB)", RegexOptions.IgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        _printed = (await process.StandardOutput.ReadToEndAsync()) + await errors;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0 != mustFail, $"{command} exited with {process.ExitCode}:\n{_printed}");
    }

    private void Apply(string diff)
    {
        var lines = diff.Split('\n');
        var file = Path.Combine(root, lines.Single(line => line.StartsWith("+++ b/", StringComparison.Ordinal))["+++ b/".Length..]);
        var text = File.ReadAllText(file);
        foreach (var hunk in string.Join('\n', lines.Where(line => !line.StartsWith("+++", StringComparison.Ordinal) && !line.StartsWith("---", StringComparison.Ordinal)))
            .Split("@@\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var before = Side(hunk, '-');
            Assert.True(text.Split(before).Length == 2, $"This is not, or not once, in {file}:\n{before}");
            text = text.Replace(before, Side(hunk, '+'), StringComparison.Ordinal);
        }

        File.WriteAllText(file, text);
    }

    private static string Side(string hunk, char sign) =>
        string.Concat(hunk.TrimEnd('\n').Split('\n').Where(line => line.Length == 0 || line[0] == ' ' || line[0] == sign).Select(line => (line.Length == 0 ? "" : line[1..]) + "\n"));

    private void Expect(string text)
    {
        var rest = _printed.ReplaceLineEndings("\n");
        foreach (var part in text.Split('\n', '…').Select(part => part.Trim()).Where(part => part.Length > 0))
        {
            var at = rest.IndexOf(part, StringComparison.Ordinal);
            Assert.True(at >= 0, $"The guide promises '{part}' here. The command printed:\n{_printed}");
            rest = rest[(at + part.Length)..];
        }
    }

    [GeneratedRegex(@"^```(?<kind>[a-z ]+)\n(?<text>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
