namespace MlHub.Cli;

/// <summary>The output of <c>mlhub serve</c>: how to use it with clients.</summary>
internal static class ServeGuide
{
    /// <param name="run">The run.</param>
    /// <param name="rootUrl">The root URL of the server.</param>
    /// <param name="apiKey">The default key of the server; null if the user gave keys, which are not shown.</param>
    /// <param name="what">What is served.</param>
    public static string For(CommandRun run, Uri rootUrl, string? apiKey, string what) => run.Format != ResultFormat.Table ? Json(rootUrl, apiKey)
        : apiKey is null ? Text(what, rootUrl, "any of the keys given with --api-key. Put one into the variable MLHUB_API_KEY: the lines below use it.", "", "", "")
        : Text(what, rootUrl, apiKey, $" MLHUB_API_KEY={apiKey}", $"; $env:MLHUB_API_KEY = \"{apiKey}\"", $", ApiKey = \"{apiKey}\"");

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
