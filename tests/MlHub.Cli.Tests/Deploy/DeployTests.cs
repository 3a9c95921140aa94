using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MlHub.Cli.Tests;

/// <summary>The files in <c>deploy</c> use options that the command has, and systemd understands its unit.</summary>
public sealed class DeployTests
{
    [Fact]
    public void The_unit_and_the_container_start_the_command_with_options_that_it_has()
    {
        var unit = File.ReadAllText(Repository.Place("deploy/mlhub.service"));
        var container = File.ReadAllText(Repository.Place("deploy/Containerfile"));
        foreach (var words in (string[][])
        [
            Regex.Match(unit, "^ExecStart=(.+)$", RegexOptions.Multiline).Groups[1].Value.Split(' '),
            JsonSerializer.Deserialize<string[]>(Regex.Match(container, "^ENTRYPOINT (.+)$", RegexOptions.Multiline).Groups[1].Value)!,
        ])
        {
            Assert.EndsWith("mlhub", words[0], StringComparison.Ordinal);
            var parsed = MlHubCommand.Root(new CommandFactory(Mlhub.Pipe)).Parse(words[1..]);
            Assert.Empty(parsed.Errors);
            Assert.Null(WrongUsage.Find(parsed));
            Assert.Equal("serve", parsed.CommandResult.Command.Name);
        }
    }

    [Fact]
    public async Task Systemd_understands_the_unit()
    {
        using var directory = new TemporaryDirectory();
        var text = await File.ReadAllTextAsync(Repository.Place("deploy/mlhub.service"));
        await File.WriteAllTextAsync(directory["mlhub.service"], text.Replace("/usr/local/bin/mlhub", "/bin/true", StringComparison.Ordinal));
        if (!File.Exists("/usr/bin/systemd-analyze"))
        {
            return;
        }

        using var process = Process.Start(new ProcessStartInfo("/usr/bin/systemd-analyze", ["verify", directory["mlhub.service"]]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await process.StandardError.ReadToEndAsync() + await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, said));
    }
}
