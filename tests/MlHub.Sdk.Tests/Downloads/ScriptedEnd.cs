namespace MlHub.Sdk.Tests.Downloads;

/// <summary>What the <see cref="ScriptedServer"/> does with the connection after an answer.</summary>
public enum ScriptedEnd
{
    KeepAlive,
    Close,
    Reset,
    Stall,
}
