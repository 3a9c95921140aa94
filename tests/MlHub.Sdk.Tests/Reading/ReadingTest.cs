using System.Security.Cryptography;
using MlHub.Sdk.Tests.Downloads;

namespace MlHub.Sdk.Tests.Reading;

/// <summary>One remote file for each test, on a server of its own, and clients that do not wait long.</summary>
public abstract class ReadingTest : IAsyncLifetime
{
    protected const int Size = 3_000_000;

    /// <summary>The least that a stream can be told to hold, so that the file does not fit.</summary>
    protected static readonly OpenReadOptions Small = new() { BufferSize = 256 * 1024 };

    private readonly List<MlHubClient> _clients = [];

    protected ReadingTest()
    {
        Remote = new RemoteFile(RandomNumberGenerator.GetBytes(Size));
        Server = new ScriptedServer(request => Remote.Answer(request));
    }

    protected RemoteFile Remote { get; }

    protected ScriptedServer Server { get; }

    protected Uri Url => Server.Url("data.bin?sig=very-secret-signature-1");

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Server.DisposeAsync();
    }

    internal MlHubClient NewClient(Action<DownloaderSetup>? change = null)
    {
        var setup = new DownloaderSetup();
        change?.Invoke(setup);
        var options = new MlHubClientOptions
        {
            Profile = MlHubSettings.AnonymousProfile,
            RootUrl = new Uri("https://hub.example/"),
            Home = Path.Combine(Path.GetTempPath(), "mlhub-no-such-home"),
            Transfer = setup.Transfer,
        };
        var client = new MlHubClient(options, setup.Handler, setup.Loggers, setup.Clock);
        _clients.Add(client);
        return client;
    }

    /// <summary>A stream that cannot hold the file.</summary>
    protected Task<Stream> OpenAsync(Action<DownloaderSetup>? change = null) => NewClient(change).OpenReadAsync(Url, Small);

    /// <summary>Reads bytes at a place, and checks them.</summary>
    protected async Task AssertReadsAsync(Stream stream, long position, int count)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var bytes = new byte[count];
        stream.Position = position;
        await stream.ReadExactlyAsync(bytes);
        Assert.True(Remote.Bytes.AsSpan((int)position, count).SequenceEqual(bytes), $"The {count} bytes at {position} are not what the server has.");
    }

    /// <summary>Reads all that follows, and checks it.</summary>
    protected async Task AssertReadsRestAsync(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var position = (int)stream.Position;
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        Assert.True(Remote.Bytes.AsSpan(position).SequenceEqual(bytes.ToArray()), $"What follows {position} is not what the server has.");
    }
}
