#:project description/MlHub.Description.csproj
#:property RestorePackagesWithLockFile=false

// Runs Kiota, which writes generated/ and kiota-lock.json from openapi/mlhub.yaml, and prints what the change of the description means for users.
//
//   dotnet run eng/regenerate.cs               after every change of the description
//   dotnet run eng/regenerate.cs -- --check    changes nothing. Fails if generated/ or kiota-lock.json is not what Kiota writes, to the byte,
//                                              or if CHANGELOG.md does not name a breaking change since the last release
//
// The version of Kiota stands in .config/dotnet-tools.json.
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using MlHub.Description;

const string Description = "openapi/mlhub.yaml";
const string Lock = "kiota-lock.json";

var root = Path.GetFullPath(Path.Combine((string)AppContext.GetData("EntryPointFileDirectoryPath")!, ".."));
if (args is not ([] or ["--check"]))
{
    Console.Error.WriteLine("Usage: dotnet run eng/regenerate.cs [-- --check]");
    return 2;
}

try
{
    return args.Length == 0 ? Regenerate() : Check();
}
catch (Exception e) when (e is InvalidOperationException or FormatException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine($"regenerate: {e.Message}");
    return 1;
}

int Regenerate()
{
    var written = Generate();
    var stale = Differences(written);
    var changes = Git("show", $"HEAD:{Description}") is { } before ? Changes(before) : null;
    foreach (var (_, file) in stale)
    {
        var path = Path.Combine(root, file);
        if (written.TryGetValue(file, out var bytes))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
        else
        {
            File.Delete(path);
        }
    }

    Print(stale.Count == 0 ? "No generated file changed." : "Generated files:", stale.Select(file => $"{file.Change,-7}  {file.File}"));
    if (changes is not null)
    {
        PrintMeaning("the last commit", changes);
    }

    return 0;
}

int Check()
{
    var stale = Differences(Generate());
    if (stale.Count > 0)
    {
        Print("These are not what Kiota writes. Run `dotnet run eng/regenerate.cs` and commit what it changes:", stale.Select(file => $"{file.Change,-7}  {file.File}"));
        return 1;
    }

    Console.WriteLine($"generated/ and {Lock} are what Kiota writes.");
    if (Git("rev-parse", "--is-shallow-repository") is not { } shallow || shallow.Trim() == "true")
    {
        throw new InvalidOperationException("The history is needed for the comparison with the last release: git fetch --unshallow --tags");
    }

    // Before the first release, the changelog tells of all changes since it was begun.
    var tag = Git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")?.Trim();
    var begun = Git("log", "--diff-filter=A", "--format=%H", "--", "CHANGELOG.md")?.Trim().Split('\n')[^1];
    var changes = Changes(Git("show", $"{tag ?? begun}:{Description}") ?? throw new InvalidOperationException($"git does not know an earlier {Description}."));
    PrintMeaning(tag ?? "the changelog was begun", changes);
    var unnamed = new Changelog(File.ReadAllText(Path.Combine(root, "CHANGELOG.md"))).Unnamed(changes, tag?[1..]);
    Print(
        unnamed.Count == 0 ? "CHANGELOG.md names every breaking change." : "CHANGELOG.md does not name these breaking changes. Say in it what users have to do, with the name in backticks:",
        unnamed.Select(change => $"`{change.Name}`"));
    return unnamed.Count == 0 ? 0 : 1;
}

// What Kiota makes of the description, by path. Kiota works in a directory of its own: for an output directory that it cleans, it deletes all that is there.
SortedDictionary<string, byte[]> Generate()
{
    var work = Directory.CreateTempSubdirectory("mlhub-kiota-").FullName;
    try
    {
        Run("dotnet", "tool", "restore");
        var words = Run(
            "dotnet", "kiota", "generate", "--language", "CSharp", "--openapi", Description, "--output", work, "--clean-output",
            "--class-name", "MlHubApiClient", "--namespace-name", "MlHub.Sdk.Generated", "--type-access-modifier", "Internal",
            "--exclude-backward-compatible", "--structured-mime-types", "application/json",
            "--serializer", "Microsoft.Kiota.Serialization.Json.JsonSerializationWriterFactory",
            "--deserializer", "Microsoft.Kiota.Serialization.Json.JsonParseNodeFactory");

        // For a description that it cannot read, Kiota exits with 0 and writes a lock with an empty hash.
        var lockFile = JsonNode.Parse(File.ReadAllText(Path.Combine(work, Lock)))!;
        if ((string?)lockFile["descriptionHash"] is null or "" || !File.Exists(Path.Combine(work, "MlHubApiClient.cs")))
        {
            throw new InvalidOperationException($"Kiota cannot read {Description}. Nothing was changed.\n{words}");
        }

        foreach (var line in words.Split('\n').Where(line => line.StartsWith("warn:", StringComparison.Ordinal) || line.StartsWith("      ", StringComparison.Ordinal)))
        {
            Console.Error.WriteLine(line);
        }

        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(work, "*.cs", SearchOption.AllDirectories))
        {
            files[$"generated/{Path.GetRelativePath(work, path).Replace('\\', '/')}"] = Unix(File.ReadAllBytes(path));
        }

        // The lock stands at the top, and names the description as seen from there.
        var location = $"\"descriptionLocation\": {lockFile["descriptionLocation"]!.ToJsonString()}";
        var text = File.ReadAllText(Path.Combine(work, Lock));
        files[Lock] = Unix(Encoding.UTF8.GetBytes(text.Replace(location, $"\"descriptionLocation\": \"{Description}\"", StringComparison.Ordinal)));
        return files;
    }
    finally
    {
        Directory.Delete(work, recursive: true);
    }
}

List<(string Change, string File)> Differences(SortedDictionary<string, byte[]> written)
{
    var generated = Path.Combine(root, "generated");
    var present = Directory.Exists(generated)
        ? Directory.EnumerateFiles(generated, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
        : [];
    return
    [
        .. from file in written.Keys.Union(present).Order(StringComparer.Ordinal)
           let path = Path.Combine(root, file)
           let change = !File.Exists(path) ? "added" : !written.TryGetValue(file, out var bytes) ? "removed" : File.ReadAllBytes(path).SequenceEqual(bytes) ? null : "changed"
           where change is not null
           select (change, file),
    ];
}

IReadOnlyList<ApiChange> Changes(string before) =>
    ApiChanges.Between(ApiDescription.Parse(before), ApiDescription.Parse(File.ReadAllText(Path.Combine(root, Description))));

void PrintMeaning(string baseline, IReadOnlyList<ApiChange> changes) => Print(
    changes.Count == 0 ? $"For users nothing changed since {baseline}, except perhaps words and examples." : $"What changed for users since {baseline}:",
    changes.Select(change => change.ToString()));

void Print(string heading, IEnumerable<string> lines)
{
    Console.WriteLine(heading);
    foreach (var line in lines)
    {
        Console.WriteLine($"  {line}");
    }
}

// On Windows, Kiota ends lines with CR LF.
static byte[] Unix(byte[] text) => [.. text.Where(letter => letter != '\r')];

string? Git(params string[] arguments)
{
    try
    {
        return Run("git", arguments);
    }
    catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
    {
        return null;
    }
}

string Run(string program, params string[] arguments)
{
    var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true };
    start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
    start.Environment["KIOTA_CLI_TELEMETRY_OPTOUT"] = "1";
    start.Environment["KIOTA_OFFLINE_ENABLED"] = "true";
    using var process = Process.Start(start)!;
    var errors = process.StandardError.ReadToEndAsync();
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments[0]} failed:\n{output}{errors.Result}");
}
