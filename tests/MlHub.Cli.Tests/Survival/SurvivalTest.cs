namespace MlHub.Cli.Tests;

/// <summary>A directory for each test, what the command leaves in it, and files of noise to fetch.</summary>
public abstract class SurvivalTest : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mlhub-").FullName;

    /// <summary>The output directory. The command creates it.</summary>
    protected string Output => Path.Combine(_directory, "data");

    protected string Final => Path.Combine(Output, "data.bin");

    protected string Part => Final + ".mlhub-part";

    protected string Journal => Final + ".mlhub-journal";

    protected string LockFile => Final + ".mlhub-lock";

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The file is what the server has.</summary>
    private protected void AssertWhole(MeteredServer server) => AssertWhole(server, Output);

    private protected static void AssertWhole(MeteredServer server, string directory)
    {
        var bytes = File.ReadAllBytes(Path.Combine(directory, "data.bin"));
        Assert.True(server.File.AsSpan().SequenceEqual(bytes), "The file is not what the server has.");
    }

    /// <summary>The file is there, and nothing else that the command needed on the way.</summary>
    protected void AssertAlone() => Assert.Equal([Final], Directory.GetFileSystemEntries(Output));
}
