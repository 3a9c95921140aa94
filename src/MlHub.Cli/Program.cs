using MlHub.Cli;

using var interruption = new Interruption();
var exitCode = await MlHubCommand.RunAsync(args, CommandEnvironment.OfProcess(), interruption.Token).ConfigureAwait(false);
return interruption.ExitCode(exitCode);
