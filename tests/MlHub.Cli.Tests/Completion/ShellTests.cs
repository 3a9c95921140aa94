using System.Diagnostics;

namespace MlHub.Cli.Tests;

/// <summary>The scripts of <c>mlhub completion</c> in real shells.</summary>
public sealed class ShellTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public ShellTests()
    {
        var command = string.Join(' ', MlHubProcess.CommandLine().Select(word => $"'{word}'"));
        File.WriteAllText(_directory["mlhub"], $"#!/bin/sh\nexec {command} \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory["mlhub"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.WriteAllText(_directory["profiles"], "[project1]\napi_key = a\n");
        Directory.CreateDirectory(_directory["data files"]);
    }

    public void Dispose() => _directory.Dispose();

    [ShellTheory("bash")]
    [InlineData("mlhub datasets sh", "show")]
    [InlineData("mlhub datasets list --fo", "--format")]
    [InlineData("mlhub datasets list --format js", "json jsonl")]
    [InlineData("mlhub datasets list --format = js", "json jsonl")]
    [InlineData("mlhub datasets list --profile pro", "project1")]
    [InlineData("mlhub datasets download x --output da", "data files")]
    public async Task Bash_completes(string line, string expected)
    {
        var script = $$"""
            eval "$(mlhub completion bash)"
            COMP_WORDS=({{line}}); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _mlhub mlhub
            echo "${COMPREPLY[*]}"
            """;

        Assert.Equal(expected, await RunAsync("bash", "--norc", "-c", script));
    }

    [ShellTheory("zsh")]
    [InlineData("mlhub datasets sh", "show")]
    [InlineData("mlhub datasets list --format=js", "--format=json --format=jsonl")]
    [InlineData("mlhub datasets list --profile pro", "project1")]
    [InlineData("mlhub datasets download x --output da", "directories of da")]
    [InlineData("mlhub datasets download x --output=da", "directories of da")]
    public async Task Zsh_completes(string line, string expected)
    {
        // zsh completes only in its line editor. Here its completion builtins say what they were asked.
        var script = $$"""
            compdef() { :; }
            compadd() { echo "${found[*]}"; }
            compset() { PREFIX=${PREFIX#*=}; }
            _files() { echo "directories of $PREFIX"; }
            source <(mlhub completion zsh)
            words=({{line}}); CURRENT=${#words}; PREFIX=${words[-1]}
            _mlhub
            """;

        Assert.Equal(expected, await RunAsync("zsh", "-f", "-c", script));
    }

    [ShellTheory("fish")]
    [InlineData("mlhub datasets sh", "show")]
    [InlineData("mlhub datasets list --format=js", "--format=json --format=jsonl")]
    [InlineData("mlhub datasets list --profile pro", "project1")]
    [InlineData("mlhub datasets ", "download list show")]
    [InlineData("mlhub datasets download x --output da", "data files/")]
    public async Task Fish_completes(string line, string expected)
    {
        var output = await RunAsync("fish", "--no-config", "-c", $"mlhub completion fish | source; complete -C '{line}' | string split -f 1 \\t | sort");

        Assert.Equal(expected, string.Join(' ', output.Split('\n')));
    }

    [UnixTheory]
    [InlineData("mlhub datasets sh", "show")]
    [InlineData("mlhub datasets list --format js", "json jsonl")]
    [InlineData("mlhub datasets list --profile pro", "project1")]
    [InlineData("mlhub datasets ", "list show download")]
    [InlineData("mlhub datasets download x --output da", "'./data files'")]
    [InlineData("mlhub datasets download x --output=da", "--output='./data files'")]
    public async Task PowerShell_completes(string line, string expected)
    {
        var script = $$"""
            Set-Location '{{_directory.Path}}'
            mlhub completion pwsh | Out-String | Invoke-Expression
            [System.Management.Automation.CommandCompletion]::CompleteInput('{{line}}', {{line.Length}}, $null).CompletionMatches.CompletionText -join ' '
            """;

        // PowerShell is one of the tools in .config/dotnet-tools.json. They are found from the top of the repository and from the user's real home.
        var pwsh = new ProcessStartInfo("dotnet", ["tool", "run", "pwsh", "--", "-NoProfile", "-NonInteractive", "-Command", script]) { WorkingDirectory = Repository.Root };
        Assert.Equal(expected, await RunAsync(pwsh));
    }

    private Task<string> RunAsync(string shell, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(shell, arguments) { WorkingDirectory = _directory.Path, Environment = { ["HOME"] = _directory.Path } });

    private async Task<string> RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.Environment["PATH"] = $"{_directory.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["MLHUB_HOME"] = _directory.Path;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        Assert.Equal("", await error);
        return output.Trim();
    }
}
