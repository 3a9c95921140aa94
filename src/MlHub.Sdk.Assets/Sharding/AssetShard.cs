using System.Globalization;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>
/// One of several parts of a download, each of which another process or machine fetches. Which part a file belongs to depends only on its path, so all parts together are exactly the files that
/// one run would fetch.
/// </summary>
public sealed partial record AssetShard
{
    /// <summary>The variable with the number of shards, for schedulers that do not tell it: Kubernetes and Azure Batch. With it, tasks of SLURM are counted from 0, too.</summary>
    public const string CountVariable = "MLHUB_SHARD_COUNT";

    private const int MostShards = 100_000;

    /// <summary>Creates a shard.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="count">The number of shards, from 1 to 100000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public AssetShard(int number, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostShards);
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, count);
        (Number, Count) = (number, count);
    }

    /// <summary>The number of this shard, from 1.</summary>
    public int Number { get; }

    /// <summary>The number of all shards.</summary>
    public int Count { get; }

    /// <summary>Parses <c>2/8</c>: the second of eight shards.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is not of this form, or a number is out of range.</exception>
    public static AssetShard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('/') is [var first, var second] && TryCreate(first, second, firstNumber: 1) is { } shard ? shard
            : throw new FormatException($"'{text}' is not a shard: write its number and the number of shards, for example 2/8. The first shard is 1.");
    }

    /// <summary>
    /// The shard of this process, from the variables of its scheduler: an array job of SLURM or AWS Batch, an Indexed Job of Kubernetes, or a task of Azure Batch whose id ends in its number, which
    /// begins at 0. Kubernetes and Azure Batch do not tell the number of shards, so it is read from <see cref="CountVariable"/>.
    /// </summary>
    /// <param name="variable">Returns the value of a variable, or null. Null reads the environment of the process.</param>
    /// <exception cref="FormatException">No scheduler has set its variables, or they are not usable. The message says which.</exception>
    public static AssetShard FromEnvironment(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        var count = Value(CountVariable);
        if (Value("SLURM_ARRAY_TASK_ID") is { } task)
        {
            return count is not null ? Of("SLURM_ARRAY_TASK_ID", task, count) : OfSlurm(task, Value("SLURM_ARRAY_TASK_MIN") ?? "0", Value("SLURM_ARRAY_TASK_COUNT"));
        }

        return Value("AWS_BATCH_JOB_ARRAY_INDEX") is { } index ? Of("AWS_BATCH_JOB_ARRAY_INDEX", index, Value("AWS_BATCH_JOB_ARRAY_SIZE") ?? count)
            : Value("JOB_COMPLETION_INDEX") is { } completion ? Of("JOB_COMPLETION_INDEX", completion, count)
            : Value("AZ_BATCH_TASK_ID") is { } azure ? Of("AZ_BATCH_TASK_ID", LastNumber().Match(azure).Value, count)
            : throw new FormatException(
                "The shard cannot be found: none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX and AZ_BATCH_TASK_ID is set. Write the shard as a number and a count, for example 2/8.");

        string? Value(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");

    /// <summary>For names of files: <c>2-of-8</c>.</summary>
    internal string ToName() => string.Create(CultureInfo.InvariantCulture, $"{Number}-of-{Count}");

    /// <summary>Whether a file belongs to this shard.</summary>
    /// <param name="path">Its path in the directory of the dataset, with slashes.</param>
    internal bool Has(string path) => AssetLayout.Hash(path) % (UInt128)Count == (UInt128)(Number - 1);

    // A task that is repeated alone (--array=3) has other numbers than before, and would be taken for the whole.
    private static AssetShard OfSlurm(string task, string first, string? count) =>
        first is not ("0" or "1") ? throw new FormatException($"The array of SLURM begins at {first}, and so it may be a part of an earlier one. Let it begin at 0 or 1, or set {CountVariable} to the number of shards and count the tasks from 0.")
        : int.TryParse(task, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Of("SLURM_ARRAY_TASK_ID", (id - (first == "1" ? 1 : 0)).ToString(CultureInfo.InvariantCulture), count)
        : throw new FormatException($"The shard cannot be found: SLURM_ARRAY_TASK_ID is '{task}', which is not a number.");

    private static AssetShard Of(string variable, string index, string? count) =>
        count is null ? throw new FormatException($"{variable} is set, but the scheduler does not tell the number of shards: set {CountVariable} to it.")
        : TryCreate(index, count, firstNumber: 0) ?? throw new FormatException($"The shard cannot be found: {variable} gives number '{index}', counted from 0, of '{count}' shards.");

    /// <summary>A shard of two numbers in text. Null if they are not those of a shard.</summary>
    internal static AssetShard? TryCreate(string number, string count, int firstNumber) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var own) && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var all)
        && all is >= 1 and <= MostShards && own >= firstNumber && own < all + firstNumber ? new AssetShard(own - firstNumber + 1, all) : null;

    [GeneratedRegex("[0-9]{1,9}$")]
    private static partial Regex LastNumber();
}
