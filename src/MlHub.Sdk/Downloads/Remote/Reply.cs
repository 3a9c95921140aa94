using System.Diagnostics.CodeAnalysis;
using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The result of a request: a response whose body may be read, or a fault.</summary>
internal sealed class Reply(RemoteAnswer? answer, Fault? fault)
{
    internal RemoteAnswer? Answer { get; } = answer;

    internal Fault? Fault { get; } = fault;

    [MemberNotNullWhen(true, nameof(Answer))]
    [MemberNotNullWhen(false, nameof(Fault))]
    internal bool IsAnswer => Answer is not null;

    public static implicit operator Reply(RemoteAnswer answer) => new(answer, null);

    public static implicit operator Reply(Fault fault) => new(null, fault);
}
