using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MlHub.Hub.Reading;

/// <summary>Writes JSON as UTF-8, with the characters of other scripts as they are.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            write(json);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
