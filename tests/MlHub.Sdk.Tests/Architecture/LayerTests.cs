using System.Text.RegularExpressions;

namespace MlHub.Sdk.Tests.Architecture;

/// <summary>The layers of the download engine: each folder uses only folders below it, and only one folder uses the disk.</summary>
public sealed partial class LayerTests
{
    private const string Root = "";
    private const string Downloads = "src/MlHub.Sdk/Downloads";

    // From top to bottom. A folder may use only the folders to the right of its name.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        [Root] = ["Batch", "Session", "Reading", "Remote", "Integrity", "Reporting", "Files", "Requests"],
        ["Batch"] = ["Session", "Files", "Requests"],
        ["Session"] = ["Transfer", "Resume", "Remote", "Pacing", "Integrity", "Reporting", "Planning", "Identity", "Files", "Requests"],
        ["Reading"] = ["Session", "Remote", "Pacing", "Reporting", "Planning", "Identity", "Requests"],
        ["Transfer"] = ["Resume", "Remote", "Pacing", "Integrity", "Reporting", "Planning", "Identity", "Files"],
        ["Resume"] = ["Integrity", "Planning", "Identity", "Files"],
        ["Remote"] = ["Pacing", "Integrity", "Planning", "Identity", "Requests"],
        ["Reporting"] = ["Integrity"],
        ["Integrity"] = ["Planning", "Identity", "Files"],
        ["Pacing"] = [],

        // A request names the digests that its file must have.
        ["Requests"] = ["Integrity", "Files"],
        ["Planning"] = [],
        ["Identity"] = [],
        ["Files"] = [],
    };

    private static readonly IReadOnlyList<SourceFile> Sources = SourceFile.Below(Downloads);

    [Fact]
    public void Each_folder_uses_only_folders_below_it() => Assert.All(EdgesOf(Sources), edge => Assert.True(MayUse(edge), $"{edge}"));

    [Fact]
    public void No_two_folders_depend_on_each_other_directly_or_indirectly() => Assert.Null(FindCycle(EdgesOf(Sources)));

    [Fact]
    public void The_allowed_dependencies_have_no_cycle_and_all_are_used()
    {
        var allowed = Allowed.SelectMany(folder => folder.Value.Select(used => new Edge(folder.Key, used, "")));
        var used = EdgesOf(Sources).Select(edge => (edge.From, edge.To)).ToHashSet();

        Assert.Null(FindCycle(allowed));
        Assert.Equal(Allowed.Keys.Order(), Sources.Select(file => file.Folder).Distinct().Order());
        Assert.All(allowed, edge => Assert.Contains((edge.From, edge.To), used));
    }

    [Fact]
    public void Only_the_folder_Files_opens_moves_removes_or_writes_files()
    {
        var touches = Sources.Where(file => file.Folder != "Files")
            .SelectMany(file => DiskAccess().Matches(file.Code).Select(match => $"{file.Path}: {match.Value}"));

        Assert.Empty(touches);
    }

    [Fact]
    public void Sending_does_not_depend_on_downloads()
    {
        var types = Sources.SelectMany(file => file.Types).ToHashSet();
        var uses = SourceFile.Below("src/MlHub.Sdk/Sending")
            .SelectMany(file => file.Names.Where(name => types.Contains(name) || name == "Downloads").Select(name => $"{file.Path}: {name}"));

        Assert.Empty(uses);
    }

    // The tests above are meaningful only if a wrong file would fail them.
    [Theory]
    [InlineData("Files", "namespace MlHub.Sdk.Downloads.Files;\nclass Some { string s = $\"{DownloadOutcome.Name}\"; }", "Batch")]
    [InlineData("Planning", "using MlHub.Sdk.Downloads.Remote;\nnamespace MlHub.Sdk.Downloads.Planning;\nclass Some { }", "Remote")]
    [InlineData("Pacing", "namespace MlHub.Sdk.Downloads.Pacing;\nclass Some { MlHub.Sdk.Downloads.Transfer.Signal signal; }", "Transfer")]
    [InlineData("Remote", "namespace MlHub.Sdk.Downloads.Remote;\nclass Some : ResumableDownloader { }", Root)]
    [InlineData("Resume", "using MlHub.Sdk.Downloads.Session;\nnamespace MlHub.Sdk.Downloads.Resume;\nclass Some { Place place; }", "Session")]
    public void A_use_of_a_folder_above_is_found(string folder, string text, string used)
    {
        var edges = EdgesOf([.. Sources, SourceFile.Of(folder, text)]).ToArray();

        Assert.Contains(edges.Where(edge => !MayUse(edge)), edge => (edge.From, edge.To) == (folder, used));
        Assert.NotNull(FindCycle(edges));
    }

    [Theory]
    [InlineData("// Batch.DownloadOutcome, \"a text\n/* DownloadOutcome */")]
    [InlineData("/// <see cref=\"DownloadOutcome\"/>")]
    [InlineData("class Other { string s = \"DownloadOutcome \\\" DownloadOutcome\"; char c = '\"'; string t = $\"{{DownloadOutcome}}\"; string u = @\"\\\"; }")]
    [InlineData("class Other { string s = \"\"\"a \"DownloadOutcome\" \"\"\"; }")]
    [InlineData("class Other { class DownloadOutcome { } DownloadOutcome mine; }")]
    [InlineData("class Other { Place place; }")]
    public void A_name_in_a_comment_or_a_string_is_not_a_use(string text)
    {
        // "class DownloadOutcome" within another stands on a line of its own, as the formatter has it.
        text = text.Replace("{ class", "{\n    class", StringComparison.Ordinal);

        Assert.DoesNotContain(EdgesOf([.. Sources, SourceFile.Of("Files", $"namespace MlHub.Sdk.Downloads.Files;\n{text}")]), edge => edge.From == "Files");
    }

    [Theory]
    [InlineData("File.Delete(path);")]
    [InlineData("File.Move(a, b, overwrite: true);")]
    [InlineData("using var file = File.OpenHandle(path);")]
    [InlineData("System.IO.File.WriteAllBytes(path, bytes);")]
    [InlineData("using var file = new FileStream(path, FileMode.Open);")]
    [InlineData("RandomAccess.Write(file, bytes, 0);")]
    [InlineData("new FileInfo(path).Delete();")]
    public void Access_to_the_disk_is_found(string statement) => Assert.Matches(DiskAccess(), statement);

    [Theory]
    [InlineData("using var file = FinishedFile.Open(path);")]
    [InlineData("File.Exists(path);")]
    [InlineData("RandomAccess.Read(file, bytes, 0);")]
    public void Reading_attributes_is_not_access_to_the_disk(string statement) => Assert.DoesNotMatch(DiskAccess(), statement);

    private static bool MayUse(Edge edge) => Allowed.TryGetValue(edge.From, out var below) && below.Contains(edge.To);

    // A folder uses another if one of its files has a using of it, or names it, or names a type of it that is visible there.
    private static IEnumerable<Edge> EdgesOf(IReadOnlyList<SourceFile> files)
    {
        var declared = files.SelectMany(file => file.Types.Select(type => (Type: type, File: file))).ToLookup(pair => pair.Type, pair => pair.File);
        foreach (var file in files)
        {
            var byName = file.Names.SelectMany(
                name => declared[name].Where(file.Sees).Select(other => new Edge(file.Folder, other.Folder, $"{file.Path}: {name}")));
            var byFolder = FolderName().Matches(file.Code).Select(match => new Edge(file.Folder, match.Groups[1].Value, $"{file.Path}: {match.Value}"))
                .Where(edge => files.Any(other => other.Folder == edge.To));
            foreach (var edge in byName.Concat(byFolder).Where(edge => edge.From != edge.To))
            {
                yield return edge;
            }
        }
    }

    private static string? FindCycle(IEnumerable<Edge> edges)
    {
        var next = edges.ToLookup(edge => edge.From, edge => edge.To);
        var done = new HashSet<string>();
        return next.Select(from => Follow(from.Key, [])).FirstOrDefault(cycle => cycle is not null);

        string? Follow(string folder, string[] way)
        {
            if (way.Contains(folder))
            {
                return string.Join(" > ", way.SkipWhile(passed => passed != folder).Append(folder));
            }

            var cycle = done.Contains(folder) ? null
                : next[folder].Distinct().Select(used => Follow(used, [.. way, folder])).FirstOrDefault(found => found is not null);
            done.Add(folder);
            return cycle;
        }
    }

    [GeneratedRegex(@"\bDownloads\.([A-Z]\w*)")]
    private static partial Regex FolderName();

    [GeneratedRegex(
        @"\bFile\.(?:Open|Create|Delete|Move|Copy|Replace|Write|Append|Set)\w*|\bRandomAccess\.(?:Write|SetLength|FlushToDisk)"
        + @"|\b(?:FileStream|StreamWriter|FileInfo|MemoryMappedFile)\b|\bDirectory\.(?:Delete|Move)")]
    private static partial Regex DiskAccess();

    private sealed record Edge(string From, string To, string Where);
}
