using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server.Tests.Contract;

/// <summary>Answers with the parameters as the generated endpoints bound them.</summary>
internal sealed class SampleApi : SampleContract
{
    public override Task<IResult> GetThing(
        string thingId, IReadOnlyList<string> names, IReadOnlyList<string> ids, int limit, int? offset, string order, double? area, CancellationToken cancellationToken) =>
        Answer($"{thingId} [{string.Join('|', names)}] [{string.Join('|', ids)}] {limit} {offset} {order} {area}");

    public override Task<IResult> Search(string @for, CancellationToken cancellationToken) => Answer(@for);

    private static Task<IResult> Answer(FormattableString text) => Answer(text.ToString(CultureInfo.InvariantCulture));

    private static Task<IResult> Answer(string text) => Task.FromResult(Results.Text(text));
}
