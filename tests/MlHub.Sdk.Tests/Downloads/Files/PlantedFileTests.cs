using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Tests.Downloads.Files;

/// <summary>
/// Something that is not a regular file exists, or is created during a run, at a path of the engine's files. It is never followed or waited for.
/// </summary>
public sealed class PlantedFileTests : FilesTest
{
    private const string OnWindows = "no directory has pipes, and links are for administrators";

    public static TheoryData<string, string> StrangersEverywhere
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var suffix in (string[])["lock", "part", "journal", "journal-new"])
            {
                foreach (var kind in Strangers)
                {
                    all.Add(suffix, kind);
                }
            }

            return all;
        }
    }

    [UnixTheory(OnWindows)]
    [MemberData(nameof(StrangersEverywhere))]
    public async Task A_planted_file_that_exists_before_a_run_is_reported_and_not_changed(string suffix, string kind)
    {
        var path = $"{Target.FinalPath}.mlhub-{suffix}";
        Plant(kind, path);
        var before = Directory.GetFileSystemEntries(Output).Order().ToArray();

        var error = await Assert.ThrowsAsync<DownloadException>(() => AtOnceAsync(() => PartFile.TryTake(Target, Watch, out _)));

        Assert.Equal((DownloadFailure.FileSystem, path), (error.Reason, error.Path));
        Assert.Contains("Remove it", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(Output).Order());
    }

    [UnixTheory(OnWindows)]
    [MemberData(nameof(StrangersEverywhere))]
    public async Task A_file_planted_during_a_run_affects_at_most_the_journal_or_the_run_and_never_the_target_of_a_link(string suffix, string kind)
    {
        using var part = TakeAndWrite([1, 2, 3]);
        part.WriteJournal([4]);
        Plant(kind, $"{Target.FinalPath}.mlhub-{suffix}");

        await AtOnceAsync(() =>
        {
            _ = Record.Exception(() => part.WriteJournal([5])) is null or IOException ? 0 : throw new InvalidOperationException("Not the error of a journal.");
            _ = PartFile.ReadJournal(Target);
            part.Write([6], 0);
            var failure = Record.Exception(() => Assert.True(part.Publish(replaces: false, compared: null, flush: true, CancellationToken.None)));
            Assert.Equal(suffix switch { "lock" => typeof(DownloadException), "part" => typeof(IOException), _ => null }, failure?.GetType());
        });

        Assert.Equal(suffix is "lock" or "part", !File.Exists(Target.FinalPath));
        Assert.True(!File.Exists(Target.FinalPath) || File.ReadAllBytes(Target.FinalPath) is [6, 2, 3]);
    }

    [UnixTheory(OnWindows)]
    [MemberData(nameof(Strangers))]
    public async Task A_planted_file_with_the_temporary_name_of_the_journal_is_replaced_unless_it_is_a_directory(string kind)
    {
        using var part = TakeAndWrite([1]);
        part.WriteJournal([2]);
        Plant(kind, Target.NewJournalPath);

        var failure = await AtOnceAsync(() => Record.Exception(() => part.WriteJournal([3])));

        Assert.Equal(kind == "directory", failure is IOException);
        Assert.Equal(kind == "directory" ? [2] : [3], PartFile.ReadJournal(Target));
    }

    [UnixTheory(OnWindows)]
    [MemberData(nameof(Strangers))]
    public async Task A_planted_file_with_the_name_of_the_journal_is_not_read(string kind)
    {
        using var part = TakeAndWrite([1]);
        Plant(kind, Target.JournalPath);

        Assert.Null(await AtOnceAsync(() => PartFile.ReadJournal(Target)));
    }

    [UnixTheory(OnWindows)]
    [MemberData(nameof(Strangers))]
    public async Task A_planted_file_with_the_name_of_the_part_file_is_not_opened_and_is_replaced(string kind)
    {
        using var part = Take();
        Plant(kind, Target.PartPath);

        Assert.False(part.Exists);
        await AtOnceAsync(() => Assert.ThrowsAny<IOException>(() => part.Open(10)));
        var failure = await AtOnceAsync(() => Record.Exception(() => part.Create(3)));

        Assert.Equal(kind == "directory", failure is UnauthorizedAccessException or IOException);
        Assert.Equal(kind != "directory", part.Exists);
    }

    [UnixTheory(OnWindows)]
    [MemberData(nameof(Strangers))]
    public async Task Only_a_link_with_the_final_name_is_replaced(string kind)
    {
        using var part = TakeAndWrite([1, 2, 3]);
        Plant(kind, Target.FinalPath);

        var failure = await AtOnceAsync(() => Record.Exception(() => Assert.True(part.Publish(replaces: true, compared: null, flush: false, CancellationToken.None))));

        Assert.Equal(kind is "pipe" or "directory" or "link to a device" or "loop", failure is DownloadException { Reason: DownloadFailure.FileSystem });
        Assert.True(failure is DownloadException || (File.ReadAllBytes(Target.FinalPath) is [1, 2, 3] && new FileInfo(Target.FinalPath).LinkTarget is null));
    }

    [UnixTheory(OnWindows)]
    [InlineData("pipe")]
    [InlineData("link to a device")]
    [InlineData("directory")]
    [InlineData("loop")]
    public async Task A_finished_file_is_opened_only_if_it_is_a_regular_file(string kind)
    {
        Plant(kind, Target.FinalPath);

        await AtOnceAsync(() => Assert.ThrowsAny<IOException>(() => FinishedFile.Open(Target.FinalPath)));
        Assert.Null(await AtOnceAsync(() => FinishedFile.ReadReceipt(Target.FinalPath)));
    }

    [UnixFact(OnWindows)]
    public void A_finished_file_may_be_a_link_to_a_file()
    {
        Plant("link to a file", Target.FinalPath);

        using var file = FinishedFile.Open(Target.FinalPath);

        Assert.Equal("untouched".Length, RandomAccess.GetLength(file));
        Assert.True(Target.TryGetExisting(out var length));
        Assert.Equal("untouched".Length, length);
        Assert.Equal(File.GetLastWriteTimeUtc(Victim), FinishedFile.WrittenAt(Target.FinalPath));
    }
}
