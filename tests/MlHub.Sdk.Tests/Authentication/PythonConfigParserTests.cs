namespace MlHub.Sdk.Tests.Authentication;

/// <summary>Compares the profiles file with the real configparser of the installed Python.</summary>
public class PythonConfigParserTests
{
    private const int Texts = 3000;

    [PythonFact]
    public async Task Every_file_is_read_or_rejected_as_by_Python()
    {
        var random = new RandomProfiles(seed: 1);
        string[] texts = [.. Enumerable.Range(0, Texts).Select(_ => random.Text()).Where(text => !text.StartsWith('\uFEFF'))];

        List<PythonReading> readings = await PythonConfigParser.ReadAsync(texts);

        Assert.All(texts.Zip(readings), pair => AssertReadAlike(pair.First, pair.Second));
        Assert.InRange(readings.Count(reading => reading.Error is null), texts.Length / 10, texts.Length * 9 / 10);
    }

    [PythonFact]
    public async Task Python_reads_the_written_values_and_everything_else_is_unchanged()
    {
        var random = new RandomProfiles(seed: 2);
        Writing[] cases = [.. Enumerable.Range(0, Texts).Select(_ => Write(random.Text(), random.Name(), random.Key())).OfType<Writing>()];

        List<PythonReading> before = await PythonConfigParser.ReadAsync([.. cases.Select(c => c.Before)]);
        List<PythonReading> after = await PythonConfigParser.ReadAsync([.. cases.Select(c => c.After)]);

        Assert.InRange(cases.Length, Texts / 10, Texts);
        for (int i = 0; i < cases.Length; i++)
        {
            Assert.Null(after[i].Error);
            Assert.Equal(cases[i].Key, ValueOf(after[i], cases[i].Name));
            Assert.Empty(Others(before[i], cases[i].Name).Except(Others(after[i], cases[i].Name)));
            Assert.Equal(Names(before[i]).Append(cases[i].Name).Distinct(), Names(after[i]));
        }
    }

    private static void AssertReadAlike(string text, PythonReading python)
    {
        ProfilesText? ours = TryParse(text);
        Assert.True(ours is null == python.Error is not null, $"{python.Error ?? "read by Python"}: {Literal(text)}");
        Assert.Equal(python.Sections.Select(section => section.Name), ours?.Names ?? []);
        foreach (PythonSection section in python.Sections)
        {
            foreach (PythonValue value in section.Values.Where(value => value.Value is not null))
            {
                Assert.True(value.Value == ours!.Get(section.Name, value.Key), $"[{section.Name}] {value.Key}: {Literal(text)}");
            }
        }
    }

    private static Writing? Write(string text, string name, string key)
    {
        try
        {
            ProfileRules.CheckName(name);
            var before = ProfilesText.Parse("profiles", text);
            return new Writing(before.ToString(), name, key, before.With(name, "api_key", ProfileRules.CheckedApiKey(key)).ToString());
        }
        catch (MlHubException)
        {
            return null;
        }
    }

    private static ProfilesText? TryParse(string text)
    {
        try
        {
            return ProfilesText.Parse("profiles", text);
        }
        catch (MlHubException)
        {
            return null;
        }
    }

    private static string? ValueOf(PythonReading reading, string name) =>
        reading.Sections.Single(section => section.Name == name).Values.Single(value => value.Key == "api_key").Value;

    private static IEnumerable<string> Names(PythonReading reading) => reading.Sections.Select(section => section.Name);

    private static IEnumerable<string> Others(PythonReading reading, string name) =>
        from section in reading.Sections
        from value in section.Values
        where section.Name != name || value.Key != "api_key"
        select $"{section.Name}/{value.Key}/{value.Raw}";

    private static string Literal(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private sealed record Writing(string Before, string Name, string Key, string After);
}
