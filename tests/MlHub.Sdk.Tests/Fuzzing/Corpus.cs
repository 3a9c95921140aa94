using System.Text;

namespace MlHub.Sdk.Tests.Fuzzing;

/// <summary>The kept inputs: a folder with a file for each input, or a text file with a line for each input.</summary>
internal static class Corpus
{
    public static IReadOnlyList<byte[]> Read(string name)
    {
        var place = Repository.Place($"tests/MlHub.Sdk.Tests/Fuzzing/corpus/{name}");
        return Directory.Exists(place)
            ? [.. Directory.EnumerateFiles(place).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]
            : [.. File.ReadAllLines($"{place}.txt").Select(Encoding.UTF8.GetBytes)];
    }
}
