using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server.Tests.Contract;

/// <summary>Responds with the parameters that the generated endpoints have read.</summary>
internal sealed class SampleApi : SampleContract
{
    public override Task<IResult> GetThing(
        string thingId, IReadOnlyList<string> names, IReadOnlyList<string> ids, int limit, int? offset, string order, double? area, CancellationToken cancellationToken) =>
        Respond($"{thingId} [{string.Join('|', names)}] [{string.Join('|', ids)}] {limit} {offset} {order} {area}");

    public override Task<IResult> Search(string @for, CancellationToken cancellationToken) => Respond(@for);

    private static Task<IResult> Respond(FormattableString text) => Respond(text.ToString(CultureInfo.InvariantCulture));

    private static Task<IResult> Respond(string text) => Task.FromResult(Results.Text(text));
}
