using System.Diagnostics;
using System.Text;

namespace MlHub.Docs.Tests;

/// <summary>A built sample as a process of its own.</summary>
internal sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly StringBuilder _output = new();

    private SampleProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a sample, which listens on a free port if it is a web application.</summary>
    public static SampleProcess Start(string sample, string directory, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> args)
    {
        var program = Repository.OutputOf($"samples/{sample}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(program, $"{sample}.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["DOTNET_CONTENTROOT"] = program;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new SampleProcess(start);
    }

    /// <summary>Waits for the next line that contains a text.</summary>
    /// <returns>What follows the text in its line.</returns>
    public async Task<string> SaysAsync(string text)
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            _output.AppendLine(line);
            if (line.IndexOf(text, StringComparison.Ordinal) is >= 0 and var place)
            {
                return line[(place + text.Length)..];
            }
        }

        throw new InvalidOperationException($"The sample ended and did not say '{text}': {_output}{await _error}");
    }

    /// <summary>Asks for an end, as <c>kill</c> and container engines do.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>SIGKILL: the sample has no chance to do anything about it.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code, and all that the sample wrote.</returns>
    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        _output.Append(await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience)).Append(await _error.WaitAsync(Patience));
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, _output.ToString());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
