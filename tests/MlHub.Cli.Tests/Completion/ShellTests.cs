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
    [InlineData("mlhub datasets download x --output da", "directories")]
    public async Task Zsh_completes(string line, string expected)
    {
        // zsh completes only in its line editor. Here its completion builtins say what they were asked.
        var script = $$"""
            compdef() { :; }
            compadd() { echo "${found[*]}"; }
            _files() { echo directories; }
            source <(mlhub completion zsh)
            words=({{line}}); CURRENT=${#words}
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

    private async Task<string> RunAsync(string shell, params string[] arguments)
    {
        var start = new ProcessStartInfo(shell, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory.Path };
        start.Environment["PATH"] = $"{_directory.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["MLHUB_HOME"] = _directory.Path;
        start.Environment["HOME"] = _directory.Path;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        Assert.Equal("", await error);
        return output.Trim();
    }
}
