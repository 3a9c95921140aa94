using FsCheck.Xunit;
using MlHub.Sdk.Tests.Downloads;

namespace MlHub.Sdk.Tests.Reading;

/// <summary>Whatever is read in whatever order, and whatever the server does meanwhile, the bytes are those of the file.</summary>
public sealed class SeekAndReadPropertyTests
{
    // A duration that is not used elsewhere.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(47);

    [Property(MaxTest = 60, EndSize = 60)]
    public async Task Any_seeks_and_reads_return_the_same_as_from_memory((byte What, byte Where, byte Length)[] steps, int seed)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var random = new Random(seed);
        var remote = new RemoteFile(new byte[random.Next(1, 1_500_000)]) { LastModified = "Mon, 01 Jan 2024 10:00:00 GMT" };
        random.NextBytes(remote.Bytes);
        var time = new TimersOnDemand(Patience);
        var misbehaviour = new Misbehaviour(random, remote, time);
        await using var server = new ScriptedServer(misbehaviour.Answer);
        misbehaviour.Server = server;
        using var client = NewClient(time);
        using var memory = new MemoryStream(remote.Bytes, writable: false);
        await using var stream = await client.OpenReadAsync(server.Url("data.bin"), new OpenReadOptions { BufferSize = 256 * 1024 });

        foreach (var (what, where, length) in steps)
        {
            await StepAsync(stream, memory, what, where / 250.0, length * 257 * (1 + (where % 3)));
            Assert.Equal(memory.Position, stream.Position);
        }
    }

    private static async Task StepAsync(Stream stream, MemoryStream memory, byte what, double where, int length)
    {
        switch (what % 8)
        {
            case 0:
                // Beyond the end, too.
                memory.Position = stream.Position = (long)(where * memory.Length);
                break;
            case 1:
                var forward = Math.Min(length, memory.Length - memory.Position);
                Assert.Equal(memory.Seek(forward, SeekOrigin.Current), stream.Seek(forward, SeekOrigin.Current));
                break;
            case 2:
                var back = -Math.Min(length, memory.Length);
                Assert.Equal(memory.Seek(back, SeekOrigin.End), stream.Seek(back, SeekOrigin.End));
                break;
            case 3:
                Assert.Equal(memory.ReadByte(), stream.ReadByte());
                break;
            case 4:
                var span = new byte[length];
                AssertSame(memory, stream.Read(span), length, span);
                break;
            case 5:
                await CancelAsync(stream, memory, length);
                break;
            default:
                var bytes = new byte[length];
                AssertSame(memory, await stream.ReadAsync(bytes), length, bytes);
                break;
        }
    }

    // A read that is cancelled at any moment reads nothing, or what it would have read.
    private static async Task CancelAsync(Stream stream, MemoryStream memory, int length)
    {
        using var cancel = new CancellationTokenSource();
        var bytes = new byte[length];
        var read = stream.ReadAsync(bytes, cancel.Token).AsTask();
        await cancel.CancelAsync();
        try
        {
            AssertSame(memory, await read, length, bytes);
        }
        catch (OperationCanceledException)
        {
            // The position stays.
        }
    }

    private static void AssertSame(MemoryStream memory, int count, int length, ReadOnlySpan<byte> bytes)
    {
        var expected = new byte[length];
        Assert.Equal(memory.Read(expected), count);
        Assert.True(bytes[..count].SequenceEqual(expected.AsSpan(0, count)), $"The {count} bytes before {memory.Position} are wrong.");
    }

    private static MlHubClient NewClient(TimeProvider time) => new(
        new MlHubClientOptions
        {
            Profile = MlHubSettings.AnonymousProfile,
            RootUrl = new Uri("https://hub.example/"),
            Home = Path.Combine(Path.GetTempPath(), "mlhub-no-such-home"),
            Transfer = new() { RetryBaseDelay = TimeSpan.Zero, StallTimeout = Patience, MaxTotalRetries = 1_000_000 },
        },
        timeProvider: time);

    /// <summary>Answers oddly, breaks off or stands still, but not more than twice in a row, and not to the first request.</summary>
    private sealed class Misbehaviour(Random random, RemoteFile remote, TimersOnDemand time)
    {
        private readonly string[] _kinds = [.. OddAnswers.All, "stall", "stall", "cut", "cut", "cut"];
        private int _inARow;

        public ScriptedServer Server { get; set; } = null!;

        public ScriptedAnswer Answer(ScriptedRequest request)
        {
            lock (random)
            {
                var answer = remote.Answer(request);
                if (request.Number == 1 || _inARow == 2 || random.Next(3) > 0)
                {
                    _inARow = 0;
                    return answer;
                }

                _inARow++;
                return _kinds[random.Next(_kinds.Length)] switch
                {
                    "stall" => Cut(answer) with { End = ScriptedEnd.Stall, BeforeHead = stop => LetTimePass(request, stop) },
                    "cut" => Cut(answer) with { End = ScriptedEnd.Reset },
                    var kind => OddAnswers.Of(kind, request, remote),
                };
            }
        }

        private ScriptedAnswer Cut(ScriptedAnswer answer) => answer with { Body = answer.Body[..random.Next(answer.Body.Length + 1)] };

        // As long as the client asks for nothing else, its time runs.
        private Task LetTimePass(ScriptedRequest request, CancellationToken stop)
        {
            _ = Task.Run(
                async () =>
                {
                    while (!stop.IsCancellationRequested && Server.Requests.Count == request.Number)
                    {
                        time.Elapse();
                        await Task.Yield();
                    }
                },
                CancellationToken.None);
            return Task.CompletedTask;
        }
    }
}
