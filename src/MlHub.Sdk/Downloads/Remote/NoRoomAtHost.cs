namespace MlHub.Sdk.Downloads.Remote;

/// <summary>The host may have no connection more just now, and whoever asked for one did not want to wait.</summary>
internal sealed class NoRoomAtHost() : Exception("The host may have no connection more just now.");
