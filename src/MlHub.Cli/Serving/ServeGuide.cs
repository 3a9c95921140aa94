namespace MlHub.Cli;

/// <summary>The output of <c>mlhub serve</c>: how to use it with clients.</summary>
internal static class ServeGuide
{
    /// <param name="run">The run.</param>
    /// <param name="rootUrl">The root of the API that is served.</param>
    /// <param name="apiKey">The server's own key; null if the user gave keys, which are not repeated.</param>
    public static string For(CommandRun run, Uri rootUrl, string? apiKey) => run.Format == ResultFormat.Table ? Text(rootUrl, apiKey) : Json(rootUrl, apiKey);

    private static string Json(Uri rootUrl, string? apiKey) => DownloadJson.Write(json =>
    {
        json.WriteString("rootUrl", rootUrl.AbsoluteUri);
        json.WriteString("apiKey", apiKey);
    }) + "\n";

    private static string Text(Uri rootUrl, string? apiKey)
    {
        var key = apiKey ?? "YOUR_KEY";
        return $$"""
            Serving the sandbox at {{rootUrl}} until Ctrl-C.
            {{(apiKey is null ? "API key: any of the keys given with --api-key" : $"API key: {apiKey}")}}

            This command, and the Python client (radiant_mlhub):
              export MLHUB_ROOT_URL={{rootUrl}} MLHUB_API_KEY={{key}}
              mlhub datasets list
              python3 -c 'import radiant_mlhub; print(radiant_mlhub.Dataset.list())'

            The SDK:
              var client = new MlHubClient(new MlHubClientOptions { RootUrl = new Uri("{{rootUrl}}"), ApiKey = "{{key}}" });

            PowerShell:
              $env:MLHUB_ROOT_URL = "{{rootUrl}}"; $env:MLHUB_API_KEY = "{{key}}"

            """;
    }
}
