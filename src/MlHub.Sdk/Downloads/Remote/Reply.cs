using System.Diagnostics.CodeAnalysis;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The result of a request: a response whose body may be read, or a fault.</summary>
internal sealed class Reply(RemoteResponse? response, Fault? fault)
{
    internal RemoteResponse? Response { get; } = response;

    internal Fault? Fault { get; } = fault;

    [MemberNotNullWhen(true, nameof(Response))]
    [MemberNotNullWhen(false, nameof(Fault))]
    internal bool IsResponse => Response is not null;

    public static implicit operator Reply(RemoteResponse response) => new(response, null);

    public static implicit operator Reply(Fault fault) => new(null, fault);
}
