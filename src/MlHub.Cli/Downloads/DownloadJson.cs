using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Results of downloads and verifications as JSON.</summary>
internal static class DownloadJson
{
    // Characters of other scripts are not escaped, so that paths stay readable. The output is not part of a web page.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// <c>{path, bytes, resumedFrom, skipped, verified}</c>. <c>verified</c> has the digests or <c>length</c>, or is null. <c>compared</c> is <c>size</c> if the file
    /// was skipped after only its size was compared, and is absent otherwise. <c>restarts</c> (the reasons for restarts) and <c>retries</c> (a number) are absent if
    /// there were none.
    /// </summary>
    public static string Of(DownloadResult result) => Write(json =>
    {
        json.WriteString("path", result.Path);
        json.WriteNumber("bytes", result.Bytes);
        json.WriteNumber("resumedFrom", result.ResumedFrom);
        json.WriteBoolean("skipped", result.Skipped);
        json.WriteString("verified", result.Verified.Method == VerificationMethod.None ? null : result.Verified.ToString());
        if (result.SkipReason == SkipReason.Size)
        {
            json.WriteString("compared", "size");
        }

        if (result.Restarts > 0)
        {
            WriteStrings(json, "restarts", result.RestartReasons);
        }

        if (result.Retries > 0)
        {
            json.WriteNumber("retries", result.Retries);
        }
    });

    /// <summary><c>{url, error}</c> or <c>{id, error}</c>, for a download that failed.</summary>
    public static string Failure(string name, string error) => Write(json =>
    {
        json.WriteString(Values.IsHttpUrl(name, out _) ? "url" : "id", name);
        json.WriteString("error", error);
    });

    /// <summary><c>{path, bytes, status, detail, digests}</c>.</summary>
    public static string Of(VerificationResult result) => Write(json =>
    {
        json.WriteString("path", result.Path);
        json.WriteNumber("bytes", result.Bytes);
        json.WriteString("status", Word(result.Status));
        json.WriteString("detail", result.Detail);
        WriteStrings(json, "digests", result.Digests.Select(digest => digest.ToString()));
    });

    public static string Word(VerificationStatus status) => status switch
    {
        VerificationStatus.Right => "right",
        VerificationStatus.Wrong => "wrong",
        VerificationStatus.Missing => "missing",
        _ => "unknown",
    };

    public static string Write(Action<Utf8JsonWriter> fields)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return PlainText.Json(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
