using System.Security.Cryptography;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>One remote file for each test, on its own server that can send false responses.</summary>
public abstract class DownloadTest : DownloaderTest
{
    protected const int Size = 3_000_000;

    protected DownloadTest()
    {
        Remote = new RemoteFile(RandomNumberGenerator.GetBytes(Size));
        Server = new ScriptedServer(request => Remote.Answer(request));
        Request = new DownloadRequest { Url = Server.Url("data.bin?key=secret"), OutputDirectory = Output };
    }

    protected RemoteFile Remote { get; }

    protected ScriptedServer Server { get; }

    protected DownloadRequest Request { get; }

    protected string Final => Path.Combine(Output, "data.bin");

    protected string Part => Final + ".mlhub-part";

    protected string Journal => Final + ".mlhub-journal";

    public override async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Another file of the same length.</summary>
    protected static byte[] OtherBytes() => RandomNumberGenerator.GetBytes(Size);

    protected static string Md5(byte[] bytes) => Convert.ToBase64String(MD5.HashData(bytes));

    protected Task<DownloadResult> DownloadAsync(DownloadRequest? request = null) => NewDownloader().DownloadAsync(request ?? Request);

    /// <summary>A first run whose connection breaks in the middle and that stops like a killed process.</summary>
    protected async Task InterruptAsync(int afterBytes = Size / 2, DownloadRequest? request = null)
    {
        Remote.CutAfter = afterBytes;
        var error = await Assert.ThrowsAsync<DownloadException>(
            () => NewDownloader(options => options.Transfer.MaxRetries = 0).DownloadAsync((request ?? Request) with { Options = new() { Connections = 1 } }));
        Assert.Equal(DownloadFailure.Network, error.Reason);
        Remote.CutAfter = null;
        Server.Requests.Clear();
    }

    /// <summary>Changes single bytes of the part file of an interrupted run.</summary>
    protected void SpoilPart(params int[] positions)
    {
        using var part = File.Open(Part, FileMode.Open);
        foreach (var position in positions)
        {
            part.Position = position;
            part.WriteByte((byte)(Remote.Bytes[position] + 1));
        }
    }

    /// <summary>Asserts that the file is the present one of the server, and the only file in its directory.</summary>
    protected async Task AssertWholeAsync(DownloadResult result)
    {
        Assert.Equal(Final, result.Path);
        var bytes = await File.ReadAllBytesAsync(Final);
        Assert.True(Remote.Bytes.AsSpan().SequenceEqual(bytes), "The file is not what the server has.");
        Assert.Equal([Final], Directory.GetFiles(Output));
    }
}
