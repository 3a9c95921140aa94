namespace MlHub.Cli;

/// <summary>The output of <c>mlhub serve</c>: how to use it with clients.</summary>
internal static class ServeGuide
{
    /// <param name="run">The run.</param>
    /// <param name="rootUrl">The root URL of the server.</param>
    /// <param name="apiKey">The key that the server has made, which is shown; null if there is none.</param>
    /// <param name="keys">Which keys a user may use, if none is shown.</param>
    /// <param name="what">What is served.</param>
    public static string For(CommandRun run, Uri rootUrl, string? apiKey, string? keys, string what)
    {
        if (run.Format != ResultFormat.Table)
        {
            return Json(rootUrl, apiKey);
        }

        // Clients do not send a key over plain http to another machine, unless the user allows it.
        var allowsHttp = rootUrl.Scheme == "http" && !rootUrl.IsLoopback && keys != KeyChoices.NoneNeeded;
        return Text(
            what,
            rootUrl,
            apiKey ?? keys ?? "",
            $"{(apiKey is null ? "" : $" MLHUB_API_KEY={apiKey}")}{(allowsHttp ? " MLHUB_ALLOW_HTTP=1" : "")}",
            $"{(apiKey is null ? "" : $"; $env:MLHUB_API_KEY = \"{apiKey}\"")}{(allowsHttp ? "; $env:MLHUB_ALLOW_HTTP = 1" : "")}",
            $"{(apiKey is null ? "" : $", ApiKey = \"{apiKey}\"")}{(allowsHttp ? ", AllowKeyOverHttp = true" : "")}");
    }

    private static string Json(Uri rootUrl, string? apiKey) => DownloadJson.Write(json =>
    {
        json.WriteString("rootUrl", rootUrl.AbsoluteUri);
        json.WriteString("apiKey", apiKey);
    }) + "\n";

    private static string Text(string what, Uri rootUrl, string key, string inShell, string inPowerShell, string inCode) =>
        $$"""
        Serving {{what}} at {{rootUrl}} until Ctrl-C.
        API key: {{key}}

        This command, and the Python client (radiant_mlhub):
          export MLHUB_ROOT_URL={{rootUrl}}{{inShell}}
          mlhub datasets list
          python3 -c 'import radiant_mlhub; print(radiant_mlhub.Dataset.list())'

        PowerShell:
          $env:MLHUB_ROOT_URL = "{{rootUrl}}"{{inPowerShell}}

        The SDK:
          using MlHub.Sdk;
          using var client = new MlHubClient(new MlHubClientOptions { RootUrl = new Uri("{{rootUrl}}"){{inCode}} });
          await foreach (var dataset in client.Datasets.ListAsync())
              Console.WriteLine(dataset.Id);

        """;
}
