using System.Diagnostics;
using System.Text.Json;

namespace MlHub.Sdk.Tests.Authentication;

/// <summary>Reads a text with the real configparser, like the Python client.</summary>
public sealed record PythonReading(string? Error, List<PythonSection> Sections);

public sealed record PythonSection(string Name, List<PythonValue> Values);

/// <param name="Key">The key in lower case.</param>
/// <param name="Raw">The value before interpolation.</param>
/// <param name="Value">The value after interpolation; null where Python refuses it.</param>
public sealed record PythonValue(string Key, string Raw, string? Value);

public static class PythonConfigParser
{
    // Decoded as open() does it, universal newlines included.
    private const string Script = """
        import configparser, io, json, sys

        def value(config, section, key):
            raw = config.get(section, key, raw=True)
            try:
                return dict(Key=key, Raw=raw, Value=config.get(section, key))
            except configparser.InterpolationError:
                return dict(Key=key, Raw=raw)

        def read(text):
            config = configparser.ConfigParser()
            try:
                config.read_file(io.TextIOWrapper(io.BytesIO(text.encode("utf-8")), encoding="utf-8"))
            except configparser.Error as error:
                return dict(Error=type(error).__name__, Sections=[])
            return dict(Sections=[
                dict(Name=name, Values=[value(config, name, key) for key in config.options(name)]) for name in config.sections()])

        json.dump([read(text) for text in json.loads(sys.stdin.buffer.read())], sys.stdout)
        """;

    public static async Task<List<PythonReading>> ReadAsync(IReadOnlyList<string> texts)
    {
        var start = new ProcessStartInfo("python3", ["-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var python = Process.Start(start)!;
        Stream output = python.StandardOutput.BaseStream;
        Task<List<PythonReading>?> readings = JsonSerializer.DeserializeAsync<List<PythonReading>>(output).AsTask();
        await JsonSerializer.SerializeAsync(python.StandardInput.BaseStream, texts);
        python.StandardInput.Close();
        await python.WaitForExitAsync();
        return (await readings)!;
    }
}
