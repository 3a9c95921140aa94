namespace MlHub.Hub.Tests;

/// <summary>A search in PostgreSQL finds what a comparison of all items finds, page by page.</summary>
public sealed class PostgresSearchTests(PostgresSearchTests.ManyItemsInPostgres many) : IClassFixture<PostgresSearchTests.ManyItemsInPostgres>
{
    [PostgresTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public Task A_random_search_finds_what_a_comparison_of_all_items_finds(int seed) => RandomSearches.CheckAsync(many.Hub, many.Items, seed);

    public sealed class ManyItemsInPostgres : ManyItems
    {
        private readonly PostgresServer _server = new();

        public override async Task InitializeAsync()
        {
            await _server.InitializeAsync();
            if (PostgresServer.WhyNot is null)
            {
                await base.InitializeAsync();
            }
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await _server.DisposeAsync();
        }

        protected override async Task<string?> FindDatabaseAsync() => await _server.CreateDatabaseAsync();
    }
}
