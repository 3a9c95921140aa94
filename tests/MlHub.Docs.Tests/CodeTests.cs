using System.Diagnostics;
using MlHub.Sdk;

namespace MlHub.Docs.Tests;

/// <summary>All code that the pages show.</summary>
[Collection(nameof(SandboxFixture))]
public sealed class CodeTests(SandboxFixture sandbox)
{
    /// <summary>An example is in <c>Examples/</c> or in a sample, which the tests run.</summary>
    [Fact]
    public void Every_example_in_csharp_is_part_of_a_compiled_file()
    {
        var compiled = new[] { "samples", "tests/MlHub.Docs.Tests/Examples" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.Place(folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => WithoutIndentation(File.ReadAllText(file)))
            .ToArray();
        var unknown =
            from page in Pages.All
            from code in page.Blocks("csharp")
            where !compiled.Any(file => file.Contains(WithoutIndentation(code), StringComparison.Ordinal))
            select $"{page.Name}:\n{code}";

        Assert.Empty(unknown);
    }

    /// <summary>
    /// Blocks marked <c>sh</c> are run. Blocks marked <c>console</c> install packages, or run what CI runs. docs/regenerate.md changes the repository; a test of
    /// its own takes its steps in a copy.
    /// </summary>
    [Fact]
    public async Task Every_example_for_a_shell_succeeds()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var page in Pages.All.Where(page => page.Name != "docs/regenerate.md"))
        {
            foreach (var code in page.Blocks("sh"))
            {
                var (exitCode, output) = await RunAsync(code);
                Assert.True(exitCode == 0, $"{page.Name}:\n{code}\n{output}");
            }
        }
    }

    [Fact]
    public void Every_example_of_a_profiles_file_can_be_read()
    {
        var home = Directory.CreateDirectory(Path.Combine(sandbox.Directory, "profiles-of-the-pages")).FullName;
        foreach (var text in Pages.All.SelectMany(page => page.Blocks("ini")))
        {
            File.WriteAllText(Path.Combine(home, "profiles"), text);

            Assert.NotEmpty(new MlHubProfiles(home).List());
        }
    }

    // A block is indented as far as the method that it is in.
    private static string WithoutIndentation(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()));

    private async Task<(int ExitCode, string Output)> RunAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-euc", $"mlhub() {{ dotnet '{Path.Combine(Repository.OutputOf("src/MlHub.Cli"), "mlhub.dll")}' \"$@\"; }}\n{script.Replace("http://127.0.0.1:8765/", sandbox.Address, StringComparison.Ordinal)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = sandbox.Directory,
        };
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return (shell.ExitCode, await output + await error);
    }
}
