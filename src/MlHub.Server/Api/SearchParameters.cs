namespace MlHub.Server;

/// <summary>The parameters of a search, as they are in the URL.</summary>
internal sealed record SearchParameters
{
    public IReadOnlyList<string> Collections { get; init; } = [];

    public IReadOnlyList<string> Ids { get; init; } = [];

    public IReadOnlyList<string> Extensions { get; init; } = [];

    public IReadOnlyList<double> Bbox { get; init; } = [];

    public string? Datetime { get; init; }

    public string? Intersects { get; init; }

    public IReadOnlyList<string> Q { get; init; } = [];

    public string? Query { get; init; }

    public string? Filter { get; init; }

    public string? FilterLang { get; init; }

    public string? FilterCrs { get; init; }

    public IReadOnlyList<string> SortBy { get; init; } = [];

    public IReadOnlyList<string> Fields { get; init; } = [];

    public int? Limit { get; init; }

    public string? Token { get; init; }
}
