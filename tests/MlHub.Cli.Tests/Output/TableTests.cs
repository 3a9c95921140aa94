using Snapshooter.Xunit;

namespace MlHub.Cli.Tests;

public sealed class TableTests(SandboxFixture hub) : IClassFixture<SandboxFixture>
{
    private const string Hostile =
        """[{"id":"[red]x[/] [","title":"a\u001b[31mred\u001b]0;title\u0007\n\tb \u202egnp.exe \u200f\u061c [bold","collections":[]}]""";

    [Theory]
    [InlineData("datasets list")]
    [InlineData("datasets show sandbox_crops_kenya")]
    [InlineData("collections list")]
    [InlineData("collections show sandbox_crops_kenya_s2")]
    [InlineData("items list sandbox_crops_kenya_s2 --limit 2")]
    [InlineData("items search --collection sandbox_crops_kenya_s2 --limit 2")]
    [InlineData("items show sandbox_crops_kenya_s2 sandbox_crops_kenya_s2_tile_01_20190904")]
    [InlineData("models show sandbox-crop-classifier-unet-v1")]
    [InlineData("archives info sandbox_crops_kenya_s2")]
    [InlineData("catalogs info sandbox_crops_kenya")]
    public async Task A_terminal_shows_tables_and_a_pipe_gets_tabs(string command)
    {
        var drawn = await hub.RunAsync(Mlhub.Terminal, command.Split(' '));
        var piped = await hub.RunAsync(command.Split(' '));

        Snapshot.Match(hub.WithoutPort($"{drawn.Quietly().Output}\n--- in a pipe\n{piped.Quietly().Output}"), $"Table.{command}");
    }

    [Theory]
    [InlineData("datasets list", 80)]
    [InlineData("datasets list", 60)]
    [InlineData("collections list", 80)]
    [InlineData("items list sandbox_crops_kenya_s2", 100)]
    [InlineData("items list sandbox_crops_kenya_s2", 80)]
    [InlineData("items list sandbox_crops_kenya_s2", 60)]
    [InlineData("models list", 70)]
    public async Task A_table_fits_the_terminal_and_does_not_split_ids_times_and_numbers(string command, int width)
    {
        var drawn = (await hub.RunAsync(Mlhub.Terminal with { Width = () => width }, command.Split(' '))).Output;
        var piped = (await hub.RunAsync(command.Split(' '))).Output;

        Assert.All(drawn.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        foreach (var row in piped.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = row.Split('\t');
            var whole = command.StartsWith("items", StringComparison.Ordinal) ? [fields[0], fields[1], .. fields[2].Split(','), fields[3]] : (string[])[fields[0]];
            Assert.All(whole, text => Assert.Contains(text, drawn, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Long_words_of_other_columns_are_cut_in_the_middle()
    {
        using var fake = new FakeHub().Answers("datasets", $$"""[{"id":"one","title":"begin{{new string('x', 200)}}end","collections":[]}]""");

        var drawn = (await fake.RunAsync(Mlhub.Terminal with { Width = () => 60 }, "datasets", "list")).Quietly().Output;
        var piped = (await fake.RunAsync("datasets", "list")).Quietly().Output;

        Assert.Matches("beginx+…x+end", drawn);
        Assert.Contains(new string('x', 200), piped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_from_a_server_does_not_colour_the_screen_or_move_the_cursor()
    {
        using var fake = new FakeHub().Answers("datasets", Hostile);

        foreach (var environment in (CommandEnvironment[])[Mlhub.Pipe, Mlhub.Terminal])
        {
            var output = (await fake.RunAsync(environment, "datasets", "list")).Quietly().Output;

            Assert.Contains("[red]x[/]", output, StringComparison.Ordinal);
            Assert.DoesNotContain(output, character => (char.IsControl(character) && character is not ('\n' or '\t')) || character is '\u202e' or '\u200f' or '\u061c');
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1500)]
    public async Task A_table_shows_the_rows_that_came_before_an_error(int rows)
    {
        using var fake = new FakeHub();
        var collections = string.Join(',', Enumerable.Range(0, rows).Select(i => $$"""{"id":"c{{i}}","title":"One"}"""));
        fake.Answers("collections", $$"""{"collections":[{{collections}}],"links":[{"rel":"next","href":"{{fake.RootUrl}}page2"}]}""");
        fake.Answers("page2", "oops", status: 500);

        var outcome = await fake.RunAsync(Mlhub.Terminal with { ErrorIsTerminal = false }, "collections", "list");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(["ID", .. Enumerable.Range(0, rows).Select(i => $"c{i}")], outcome.Lines.Where(line => line[0] != '─').Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task In_a_pipe_each_result_is_one_line_with_one_field_for_each_column()
    {
        using var fake = new FakeHub().Answers("datasets", Hostile);

        var line = Assert.Single((await fake.RunAsync("datasets", "list")).Quietly().Lines);

        Assert.Equal(3, line.Split('\t').Length);
    }

    [Fact]
    public async Task Colours_are_used_on_a_terminal_that_supports_them()
    {
        var coloured = await hub.RunAsync(Mlhub.Terminal with { Colours = true }, "datasets", "show", SandboxFixture.Dataset);
        var plain = await hub.RunAsync(Mlhub.Terminal, "datasets", "show", SandboxFixture.Dataset);

        Assert.Contains("\u001b[", coloured.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", plain.Output, StringComparison.Ordinal);
    }
}
