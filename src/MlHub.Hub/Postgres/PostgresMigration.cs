using System.Globalization;
using Npgsql;

namespace MlHub.Hub.Postgres;

/// <summary>Which version the tables of an index have, and how they become those of this program.</summary>
internal static class PostgresMigration
{
    /// <summary>The version of the tables. Zero if there are none.</summary>
    /// <exception cref="IOException">The tables are of a newer program, and this one cannot read them.</exception>
    internal static async ValueTask<int> FindVersionAsync(NpgsqlConnection connection, PostgresAddress address, CancellationToken cancellationToken)
    {
        var found = connection.CreateCommand();
        await using (found.ConfigureAwait(false))
        {
            found.CommandText = "SELECT to_regclass($1) IS NOT NULL";
            found.Parameters.Add(new NpgsqlParameter { Value = $"{address.Schema}.schema_version" });
            if (await found.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
            {
                return 0;
            }
        }

        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = "SELECT version, oldest_reader FROM schema_version";
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                var (version, oldest) = await row.ReadAsync(cancellationToken).ConfigureAwait(false) ? (row.GetInt32(0), row.GetInt32(1)) : (0, 0);
                return oldest <= PostgresSchema.Version ? version : throw Newer(address, version);
            }
        }
    }

    /// <summary>Creates the tables, or changes those of an earlier version, in one transaction.</summary>
    /// <exception cref="IOException">The tables are of a newer program, or PostGIS is missing.</exception>
    internal static async Task RunAsync(NpgsqlConnection connection, PostgresAddress address, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await MigrateAsync(connection, address, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task MigrateAsync(NpgsqlConnection connection, PostgresAddress address, CancellationToken cancellationToken)
    {
        var version = await FindVersionAsync(connection, address, cancellationToken).ConfigureAwait(false);
        if (version > PostgresSchema.Version)
        {
            throw Newer(address, version);
        }

        if (version == PostgresSchema.Version)
        {
            return;
        }

        if (version == 0)
        {
            await RequirePostgisAsync(connection, address, cancellationToken).ConfigureAwait(false);

            // The name has only letters, digits and underscores.
            await RunAsync(connection, $"CREATE SCHEMA IF NOT EXISTS {address.Schema}; CREATE TABLE {address.Schema}.schema_version (version integer NOT NULL, oldest_reader integer NOT NULL); INSERT INTO {address.Schema}.schema_version VALUES (0, 0)", cancellationToken).ConfigureAwait(false);
        }

        foreach (var migration in PostgresSchema.Migrations.Skip(version))
        {
            await RunAsync(connection, migration, cancellationToken).ConfigureAwait(false);
        }

        await RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE schema_version SET version = {PostgresSchema.Version}, oldest_reader = {PostgresSchema.OldestReader}"), cancellationToken).ConfigureAwait(false);
    }

    private static IOException Newer(PostgresAddress address, int version) =>
        new($"The index {address.Text} is of a newer mlhub: it has version {version}, and this mlhub knows versions up to {PostgresSchema.Version}. Update mlhub.");

    private static async Task RequirePostgisAsync(NpgsqlConnection connection, PostgresAddress address, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'";
            if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is > 0L)
            {
                return;
            }
        }

        try
        {
            await RunAsync(connection, "CREATE EXTENSION postgis SCHEMA public", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error)
        {
            throw new IOException($"The database of the index {address.Text} has no PostGIS, and it cannot be added: {error.MessageText}. Let an administrator run \"CREATE EXTENSION postgis\" in it.", error);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
#pragma warning disable CA2100 // The texts are this project's own.
            command.CommandText = sql;
#pragma warning restore CA2100
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
