using System.CommandLine;

namespace MlHub.Cli;

/// <summary><c>mlhub get</c>: sends an authenticated GET request, and prints the body unchanged.</summary>
internal static class GetCommand
{
    public static Command Create(CommandFactory factory)
    {
        var address = new Argument<string>("PATH_OR_URL")
        {
            Description = "A path relative to the root URL, with or without a leading slash, or a complete address. The key is sent only to addresses under the root URL.",
        };
        return factory.WithBody(
            new Command("get", "Send a GET request with the API key, and write the body of the response to standard output. On a terminal, control characters are escaped.") { address.NotEmpty() },
            async (run, token) =>
            {
                var client = await run.ConnectAsync(token).ConfigureAwait(false);
                using var request = new HttpRequestMessage(HttpMethod.Get, Address(run.Value(address)));
                using var response = await client.SendAsync(request, token).ConfigureAwait(false);
                var body = await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
                await using (body.ConfigureAwait(false))
                {
                    await (run.Environment.OutputIsTerminal ? run.Output.CopyTextAsync(body, token) : run.Output.CopyAsync(body, token)).ConfigureAwait(false);
                }

                return ExitCode.Success;
            });
    }

    // On Unix, Uri would read "/datasets" as the path of a file.
    private static Uri Address(string text)
    {
        var isAbsolute = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        return Uri.TryCreate(text, isAbsolute ? UriKind.Absolute : UriKind.Relative, out var url)
            ? url
            : throw new WrongUsageException("PATH_OR_URL must be a path or a complete address.");
    }
}
