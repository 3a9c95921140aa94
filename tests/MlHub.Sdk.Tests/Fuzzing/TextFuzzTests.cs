using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using MlHub.Sdk.Downloads.Files;
using MlHub.Sdk.Downloads.Integrity;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Tests.Fuzzing;

/// <summary>Small formats: any text is read as it is meant, or is rejected in the documented way.</summary>
public sealed partial class TextFuzzTests : FuzzTest
{
    [Fact]
    public async Task Any_profiles_file_is_read_or_rejected_with_a_reason()
    {
        var directory = Directory.CreateTempSubdirectory("mlhub-");
        var profiles = MlHubProfiles.At(Path.Combine(directory.FullName, "profiles"));

        await Fuzzer.RunAsync("profiles", input =>
        {
            File.WriteAllBytes(profiles.Path, input);
            if (OrRejected(profiles.Read) is not { } text)
            {
                return;
            }

            OrRejected(() => profiles.List());
            Assert.Equal(text.Names, ProfilesText.Parse("profiles", text.ToString()).Names);
            foreach (var name in text.Names.Append("a new one").ToList())
            {
                OrRejected(() => text.Get(name, "root_url"));
                var changed = ProfilesText.Parse("profiles", text.With(name, "api_key", "a%b").ToString());
                Assert.Equal("a%b", changed.Get(name, "api_key"));
                Assert.Equal(text.Names.Append(name).Distinct(), changed.Names);
            }
        });

        directory.Delete(recursive: true);
    }

    [Fact]
    public Task A_Content_Range_agrees_with_its_grammar() => Fuzzer.RunTextsAsync("content-ranges", text =>
    {
        var read = ContentRange.Read(text);

        var grammar = ContentRangeGrammar().Match(text);
        var (first, last, total) = (Number("first"), Number("last"), Number("total"));
        var isConsistent = (total ?? 0) <= long.MaxValue && (last is null || (first <= last && last < (total ?? long.MaxValue)));
        Assert.Equal(grammar.Success && isConsistent, read is not null);
        if (read is not null)
        {
            Assert.Equal((first, last + 1, total), ((BigInteger?)read.Range?.Start, (BigInteger?)read.Range?.End, (BigInteger?)read.Total));
        }

        BigInteger? Number(string name) => grammar.Groups[name] is { Success: true } group ? BigInteger.Parse(group.Value, CultureInfo.InvariantCulture) : null;
    });

    [Fact]
    public Task A_STAC_time_agrees_with_RFC_3339_and_can_be_written_and_read_again() => Fuzzer.RunTextsAsync("times", text =>
    {
        var isTime = StacTime.TryParse(text, out var time);

        Assert.False(!isTime && Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _), $"'{text}' is a time.");
        if (isTime)
        {
            Assert.True(StacTime.TryParse(time.ToString("O", CultureInfo.InvariantCulture), out var again));
            Assert.Equal((time, time.Offset), (again, again.Offset));
            if (Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var expected))
            {
                Assert.Equal(expected, time);
            }
        }
    });

    [Fact]
    public Task Any_interval_and_any_box_is_read_or_a_FormatException() => Fuzzer.RunTextsAsync("queries", text =>
    {
        if (OrMalformed(() => TemporalInterval.Parse(text)) is { } interval)
        {
            Assert.True(interval.Intersects(interval));
            Assert.False(interval.Start > interval.End);
        }

        if (OrMalformed(() => Bbox.Parse(text)) is { } box)
        {
            Assert.Equal(box, Bbox.Parse(box.ToString()));
            Assert.True(box.Intersects(box), $"{box}");
        }
    });

    [Fact]
    public Task Any_digest_is_read_and_written_alike_or_a_FormatException() => Fuzzer.RunTextsAsync("digests", text =>
    {
        var isDigest = FileDigest.TryParse(text, out var digest);

        Assert.Equal(isDigest, OrMalformed(() => FileDigest.Parse(text).ToString()) is not null);
        if (isDigest)
        {
            Assert.Equal(digest, FileDigest.Parse(digest.ToString()));
        }

        if (Multihash.TryRead(text, out var multihash))
        {
            Assert.Equal(multihash, FileDigest.Parse(multihash.ToString()));
        }
    });

    [Fact]
    public Task Any_receipt_is_read_and_written_alike_or_is_none() => Fuzzer.RunAsync("receipts", input =>
    {
        if (Receipt.Read(input) is { } receipt)
        {
            var again = Receipt.Read(receipt.ToBytes());
            Assert.NotNull(again);
            Assert.Equal(receipt with { Digests = again.Digests }, again);
            Assert.Equal(receipt.Digests, again.Digests);
        }
    });

    [Fact]
    public Task Any_lock_file_is_read_and_written_alike_or_has_no_owner() => Fuzzer.RunTextsAsync("locks", text =>
    {
        if (LockOwner.Read(text) is { } owner)
        {
            Assert.Equal(owner, LockOwner.Read(owner.ToText()));
            Assert.NotEmpty(owner.Name);
            _ = owner.IsAlive();
        }
    });

    [Fact]
    public Task Any_address_gives_a_safe_file_name() => Fuzzer.RunTextsAsync("addresses", text =>
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return;
        }

        var name = SafeFileName.FromUrl(url);

        Assert.Null(SafeFileName.WhyNot(name));
        Assert.Equal(SafeFileName.Make(name), SafeFileName.Make(SafeFileName.Make(name)));
        Assert.Equal(name, Path.GetFileName(name));
        Assert.DoesNotContain(name, char.IsControl);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 237);
    });

    private static T? OrRejected<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (MlHubException error)
        {
            Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
            return null;
        }
    }

    private static T? OrMalformed<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>RFC 9110 §14.4, with white space around the range.</summary>
    [GeneratedRegex(@"\A[Bb][Yy][Tt][Ee][Ss] \s*(?:(?<first>[0-9]+)-(?<last>[0-9]+)|\*)/(?:(?<total>[0-9]+)|\*)\s*\z")]
    private static partial Regex ContentRangeGrammar();

    /// <summary>RFC 3339 §5.6, without leap seconds and with digits that .NET reads.</summary>
    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,7})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Rfc3339();
}
