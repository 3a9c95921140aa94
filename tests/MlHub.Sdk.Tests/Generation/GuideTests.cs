using System.Diagnostics;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>docs/regenerate.md shows how a field and an operation are added. All that it shows is done here, in a copy.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly string _copy = Directory.CreateTempSubdirectory("mlhub-guide-").FullName;

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    [GuideFact]
    public async Task A_field_and_an_operation_are_added_as_the_guide_shows()
    {
        CopyWorkingCopy();
        var guide = new Guide(_copy);
        await guide.RunAsync("git init --quiet");
        await guide.RunAsync("git add --all");
        await guide.RunAsync("git -c user.name=guide -c user.email=guide@example.org commit --quiet --message \"As it was\"");

        await guide.FollowAsync(await File.ReadAllTextAsync(Repository.Place("docs/regenerate.md")));

        // The commands change only what the page says.
        await guide.RunAsync("git add --all");
        await guide.RunAsync("git diff --cached --exit-code -- :(glob)**/packages.lock.json");
    }

    private void CopyWorkingCopy()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        })!;
        foreach (var file in git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Repository.Place(file))))
        {
            var target = Path.Combine(_copy, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Repository.Place(file), target);
        }
    }
}
