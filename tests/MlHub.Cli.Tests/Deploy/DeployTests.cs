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
            Assert.Equal("serve", CommandOf(words[1..]));
        }
    }

    [Fact]
    public void The_commands_of_the_page_are_ones_that_the_command_has()
    {
        var page = File.ReadAllText(Repository.Place("deploy/README.md"));
        var entry = JsonSerializer.Deserialize<string[]>(Regex.Match(File.ReadAllText(Repository.Place("deploy/Containerfile")), "^ENTRYPOINT (.+)$", RegexOptions.Multiline).Groups[1].Value)!;
        var keys = Regex.Matches(page, "mlhub (keys [^`\n]+)").Select(match => match.Groups[1].Value.Split(' ')).ToArray();
        var added = Regex.Matches(page, "… mlhub (--[^`\n]+)").Select(match => match.Groups[1].Value.Split(' ')).ToArray();

        Assert.Equal(["add", "revoke", "add"], keys.Select(CommandOf));
        Assert.Equal(["serve"], added.Select(options => CommandOf([.. entry[1..], .. options])));
    }

    [Fact]
    public void The_files_name_the_same_user_and_the_same_places()
    {
        var (unit, users, page) = (File.ReadAllText(Repository.Place("deploy/mlhub.service")), File.ReadAllText(Repository.Place("deploy/mlhub.sysusers")), File.ReadAllText(Repository.Place("deploy/README.md")));
        string Setting(string name) => Regex.Match(unit, $"^{name}=(.+)$", RegexOptions.Multiline).Groups[1].Value;
        var command = Setting("ExecStart").Split(' ');
        var (user, state) = (Setting("User"), $"/var/lib/{Setting("StateDirectory")}");

        Assert.Equal(user, Setting("Group"));
        Assert.Contains($"u {user} - ", users, StringComparison.Ordinal);
        Assert.EndsWith($" {state}", users.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains($"install -d -o {user} -g {user} -m 700 {state}\n", page, StringComparison.Ordinal);
        Assert.Contains($"sudo -u {user} mlhub keys add alice --keys {command[Array.IndexOf(command, "--keys") + 1]}\n", page, StringComparison.Ordinal);
        Assert.StartsWith($"{state}/", command[Array.IndexOf(command, "--index") + 1], StringComparison.Ordinal);
        Assert.Equal(command[2], Setting("ReadOnlyPaths"));
        Assert.Contains($"install -m 755 mlhub {command[0]}\n", page, StringComparison.Ordinal);
    }

    private static string CommandOf(string[] words)
    {
        var parsed = MlHubCommand.Root(new CommandFactory(Mlhub.Pipe)).Parse(words);
        Assert.Empty(parsed.Errors);
        Assert.Null(WrongUsage.Find(parsed));
        return parsed.CommandResult.Command.Name;
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
