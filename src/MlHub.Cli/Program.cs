using MlHub.Cli;

// The threads that wait for sockets also read from them and write to the file. A download over TLS then takes a tenth less time and a fifth less
// processor time (docs/adr/0060). .NET has no other way to ask for this, and reads it when the first socket is created. With it, requests to a database
// can wait for ever if there are more of them than connections (docs/adr/0056), so a server goes without.
const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (!args.Contains("serve"))
{
    Environment.SetEnvironmentVariable(InlineCompletions, Environment.GetEnvironmentVariable(InlineCompletions) ?? "1");
}

using var interruption = new Interruption();
var exitCode = await MlHubCommand.RunAsync(args, CommandEnvironment.OfProcess(), interruption.Token).ConfigureAwait(false);
return interruption.ExitCode(exitCode);
