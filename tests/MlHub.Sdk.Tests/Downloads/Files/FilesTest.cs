using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Tests.Downloads.Files;

/// <summary>A directory for each test, with one target in it.</summary>
public abstract class FilesTest : IDisposable
{
    internal static readonly byte[] Receipt = "a receipt"u8.ToArray();

    protected FilesTest()
    {
        Target = new Target(Output, "data.bin");
        Watch = new SilenceWatch(Time);
        File.WriteAllText(Victim, "untouched");
    }

    public static TheoryData<string> Strangers => ["dangling link", "loop", "link to a file", "link to a device", "pipe", "directory"];

    protected string Output { get; } = Directory.CreateTempSubdirectory("mlhub-").FullName;

    /// <summary>A file of another user, which links point to.</summary>
    protected string Victim => Path.Combine(Output, "victim");

    internal Target Target { get; }

    internal SilenceWatch Watch { get; }

    protected FakeTimeProvider Time { get; } = new();

    public void Dispose()
    {
        Assert.Equal("untouched", File.ReadAllText(Victim));
        Directory.Delete(Output, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal PartFile Take() => PartFile.TryTake(Target, Watch, out var holder) ?? throw new InvalidOperationException($"{holder} has the lock.");

    /// <summary>Creates a new part file with these bytes.</summary>
    internal PartFile TakeAndWrite(byte[] bytes)
    {
        var part = Take();
        part.Create(bytes.Length);
        part.Write(bytes, 0);
        return part;
    }

    /// <summary>Runs an action that must not wait for the other end of a pipe.</summary>
    protected static Task<T> AtOnceAsync<T>(Func<T> act) => Task.Run(act).WaitAsync(TimeSpan.FromSeconds(30));

    protected static async Task AtOnceAsync(Action act) => await Task.Run(act).WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Replaces the path with something that is not a regular file.</summary>
    protected void Plant(string kind, string path)
    {
        File.Delete(path);
        switch (kind)
        {
            case "pipe":
                RunTool("mkfifo", path);
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            default:
                File.CreateSymbolicLink(path, kind switch { "loop" => path, "link to a file" => Victim, "link to a device" => "/dev/zero", _ => path + "-nowhere" });
                break;
        }
    }

    protected static void RunTool(string tool, params string[] arguments)
    {
        using var process = Process.Start(tool, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
