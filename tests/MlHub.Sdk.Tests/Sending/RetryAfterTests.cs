using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace MlHub.Sdk.Tests.Sending;

public sealed class RetryAfterTests
{
    /// <summary>Our clock.</summary>
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("7", null, 7)]
    [InlineData("7", "Thu, 01 Jan 2026 02:00:00 GMT", 7)]
    [InlineData("Thu, 01 Jan 2026 00:00:09 GMT", null, 9)]
    [InlineData("Thu, 01 Jan 2026 02:00:02 GMT", "Thu, 01 Jan 2026 02:00:00 GMT", 2)]
    [InlineData("Wed, 31 Dec 2025 20:00:30 GMT", "Wed, 31 Dec 2025 20:00:00 GMT", 30)]
    [InlineData("Thu, 01 Jan 2026 00:00:05 GMT", "Thu, 01 Jan 2026 00:00:09 GMT", 0)]
    [InlineData("Thu, 01 Jan 2026 00:00:09 GMT", "yesterday", 9)]
    [InlineData("soon", "Thu, 01 Jan 2026 00:00:00 GMT", null)]
    [InlineData(null, "Thu, 01 Jan 2026 00:00:00 GMT", null)]
    public void A_Retry_After_date_is_relative_to_the_Date_header_of_the_response(string? retryAfter, string? date, int? seconds)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        Add(response, "Retry-After", retryAfter);
        Add(response, "Date", date);

        Assert.Equal(seconds, RetryAfter.Read(response, Clock)?.TotalSeconds);
    }

    private static void Add(HttpResponseMessage response, string name, string? value)
    {
        if (value is not null)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
