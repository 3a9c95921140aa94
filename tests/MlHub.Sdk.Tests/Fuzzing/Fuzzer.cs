using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Sdk;

namespace MlHub.Sdk.Tests.Fuzzing;

/// <summary>
/// Gives a check the inputs of a corpus, and then mutations of them. Each mutation is made from the seed and its number alone, so a failure can be repeated. Each
/// input has a limit of time and of memory.
/// </summary>
/// <remarks>
/// A test run makes <see cref="Mutations"/> mutations with seed 1 for each check, so that it does not depend on chance or on the speed of the machine.
/// <c>MLHUB_FUZZ_SECONDS</c> makes mutations for this time instead, with a random seed or with <c>MLHUB_FUZZ_SEED</c>.
/// </remarks>
internal static class Fuzzer
{
    private const long MostBytes = 64 * 1024 * 1024;
    private const int MostBytesForEachByte = 2000;
    private static readonly TimeSpan LongestCheck = TimeSpan.FromMinutes(1);
    private static readonly string? Seconds = Environment.GetEnvironmentVariable("MLHUB_FUZZ_SECONDS");

    private const int Mutations = 100;

    private static TimeSpan? Time { get; } = Seconds is null ? null : TimeSpan.FromSeconds(double.Parse(Seconds, CultureInfo.InvariantCulture));

    private static int Seed { get; } = Environment.GetEnvironmentVariable("MLHUB_FUZZ_SEED") is { } text ? int.Parse(text, CultureInfo.InvariantCulture)
        : Seconds is null ? 1 : Random.Shared.Next();

    /// <summary>Checks texts. Bytes that are not UTF-8 become U+FFFD.</summary>
    public static Task RunTextsAsync(string name, Action<string> check) => RunAsync(name, input => check(Encoding.UTF8.GetString(input)));

    public static Task RunAsync(string name, Action<byte[]> check) => RunAsync(name, Corpus.Read(name), input => Task.Run(() => check(input)));

    /// <param name="name">The name of the corpus, for messages.</param>
    /// <param name="corpus">The inputs to begin with.</param>
    /// <param name="check">Fails for an input that is handled in a wrong way.</param>
    public static async Task RunAsync(string name, IReadOnlyList<byte[]> corpus, Func<byte[], Task> check)
    {
        var began = Stopwatch.GetTimestamp();
        for (var number = 0; number < corpus.Count || (Time is { } time ? Stopwatch.GetElapsedTime(began) < time : number < corpus.Count + Mutations); number++)
        {
            var input = number < corpus.Count ? corpus[number] : new Mutation(unchecked((Seed * 1_000_003) + number), corpus).Make();
            await CheckAsync(name, number, input, check);
        }
    }

    private static async Task CheckAsync(string name, int number, byte[] input, Func<byte[], Task> check)
    {
        var before = GC.GetTotalAllocatedBytes();
        try
        {
            await check(input).WaitAsync(LongestCheck);
        }
        catch (Exception error)
        {
            throw Failure(name, number, input, error.ToString());
        }

        var allocated = GC.GetTotalAllocatedBytes() - before;
        if (allocated > MostBytes + ((long)input.Length * MostBytesForEachByte))
        {
            throw Failure(name, number, input, $"{allocated} bytes were allocated for {input.Length} bytes of input.");
        }
    }

    private static XunitException Failure(string name, int number, byte[] input, string what)
    {
        var kept = Path.Combine(Directory.CreateDirectory(Repository.Place("artifacts/fuzzing")).FullName, $"{name}-{Seed}-{number}");
        File.WriteAllBytes(kept, input);
        var text = Encoding.Latin1.GetString(input.AsSpan(0, Math.Min(input.Length, 1000)));
        return new XunitException(
            $"Input {number} for '{name}' fails with MLHUB_FUZZ_SEED={Seed}. It is in {kept}; after the correction, move it to the corpus. It begins with:\n{text}\n{what}");
    }
}
