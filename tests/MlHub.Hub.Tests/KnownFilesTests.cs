using MlHub.Hub.Serving;

namespace MlHub.Hub.Tests;

/// <summary>What was found in a folder is remembered only while it is right.</summary>
public sealed class KnownFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mlhub-known-").FullName;
    private readonly SafePath _paths;

    // The folders of a test are new. A folder is remembered only if its last change is some seconds ago.
    public KnownFilesTests() => _paths = new SafePath(_root, new LaterClock());

    [Fact]
    public void A_file_that_appears_or_disappears_is_noticed()
    {
        Directory.CreateDirectory(PathOf("a/b"));
        Assert.False(Has("image.tif", "a", "b"));

        Change("a/b", () => File.WriteAllText(PathOf("a/b/image.tif"), ""));
        Assert.True(Has("image.tif", "a", "b"));
        Assert.True(Has("image.tif", "a", "b"));

        Change("a/b", () => File.Delete(PathOf("a/b/image.tif")));
        Assert.False(Has("image.tif", "a", "b"));
    }

    [Fact]
    public void A_folder_that_appears_or_is_replaced_is_noticed()
    {
        Assert.False(Has("image.tif", "a"));
        Directory.CreateDirectory(PathOf("a"));
        File.WriteAllText(PathOf("a/image.tif"), "");
        Assert.True(Has("image.tif", "a"));

        Directory.Move(PathOf("a"), PathOf("old"));
        Assert.False(Has("image.tif", "a"));
        Directory.CreateDirectory(PathOf("a"));
        Assert.False(Has("image.tif", "a"));
        Assert.True(Has("image.tif", "old"));
    }

    [Fact]
    public void Links_are_no_files_and_no_folders()
    {
        Directory.CreateDirectory(PathOf("a"));
        File.WriteAllText(PathOf("a/image.tif"), "");
        Directory.CreateSymbolicLink(PathOf("linked"), PathOf("a"));
        Directory.CreateDirectory(PathOf("b/c"));
        File.CreateSymbolicLink(PathOf("b/c/link.tif"), PathOf("a/image.tif"));

        Assert.False(Has("image.tif", "linked"));
        Assert.False(Has("link.tif", "b", "c"));

        Change("b/c", () => File.WriteAllText(PathOf("b/c/image.tif"), ""));
        Directory.Move(PathOf("b"), PathOf("d"));
        Directory.CreateSymbolicLink(PathOf("b"), PathOf("d"));
        Assert.False(Has("image.tif", "b", "c"));
        Assert.True(Has("image.tif", "d", "c"));
    }

    [Fact]
    public void A_file_in_the_directory_itself_is_found_although_the_directory_is_a_link()
    {
        var link = _root + "-link";
        Directory.CreateSymbolicLink(link, _root);
        File.WriteAllText(PathOf("image.tif"), "");
        Directory.CreateDirectory(PathOf("a"));
        File.WriteAllText(PathOf("a/image.tif"), "");

        Assert.True(new SafePath(link).Has([], "image.tif", new KnownFolders()));
        Assert.True(new SafePath(link).Has(["a"], "image.tif", new KnownFolders()));
        Directory.Delete(link);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string PathOf(string path) => Path.Combine(_root, path);

    private bool Has(string name, params string[] folder) => _paths.Has(folder, name, new KnownFolders());

    // Two changes may have the same time, so the second one waits for the next tick of the file system.
    private void Change(string folder, Action change)
    {
        var before = FolderStamp.Of(PathOf(folder));
        do
        {
            File.WriteAllText(PathOf(folder + "/tick"), "");
            File.Delete(PathOf(folder + "/tick"));
        }
        while (FolderStamp.Of(PathOf(folder)) == before);
        change();
    }

    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddHours(1);
    }
}
