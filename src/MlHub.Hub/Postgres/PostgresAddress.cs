using System.Globalization;
using Npgsql;

namespace MlHub.Hub.Postgres;

/// <summary>The address of an index in PostgreSQL, as libpq writes it: <c>postgresql://user:password@host:port/database?schema=mlhub</c>.</summary>
internal sealed class PostgresAddress
{
    private const string Example = "The address of the index must be like postgresql://user@host:5432/database. In a user name and a password, write @ / ? # and % as %40 %2F %3F %23 and %25.";
    private const int DefaultPort = 5432;
    private const string DefaultSchema = "mlhub";
    private const int MostConnections = 16;
    private const int MostPrepared = 100;

    private PostgresAddress(string connection, string schema, string text) => (Connection, Schema, Text) = (connection, schema, text);

    /// <summary>The connection string.</summary>
    internal string Connection { get; }

    /// <summary>The schema with the tables.</summary>
    internal string Schema { get; }

    /// <summary>The address without what must not be shown.</summary>
    internal string Text { get; }

    internal static bool IsAddress(string text) => text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">It cannot be used. The message has no password.</exception>
    internal static PostgresAddress Parse(string text)
    {
        // What follows a slash, ? or # in a password that was not escaped would be taken for something else, and be shown.
        var isAmbiguous = text.AsSpan()[(text.IndexOf("://", StringComparison.Ordinal) + 3)..] is var rest && rest.IndexOfAny('/', '?', '#') is >= 0 and var end && rest[end..].Contains('@');
        if (isAmbiguous || !Uri.TryCreate(text, UriKind.Absolute, out var url) || !IsAddress(text))
        {
            throw new FormatException(Example);
        }

        if (url.AbsolutePath.Trim('/') is not { Length: > 0 } database || database.Contains('/', StringComparison.Ordinal))
        {
            throw new FormatException("The address of the index names no database: postgresql://user@host:5432/database.");
        }

        try
        {
            return Read(url, database);
        }
        catch (ArgumentException)
        {
            throw new FormatException(Example);
        }
    }

    private static PostgresAddress Read(Uri url, string database)
    {

        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host.Length > 0 ? Uri.UnescapeDataString(url.Host.Trim('[', ']')) : "localhost",
            Port = url.Port > 0 ? url.Port : DefaultPort,
            Database = Uri.UnescapeDataString(database),
            ApplicationName = "mlhub",
            MaxPoolSize = MostConnections,
            MaxAutoPrepare = MostPrepared,
            AutoPrepareMinUsages = 2,
            IncludeErrorDetail = false,
        };
        var (user, password) = url.UserInfo.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (url.UserInfo[..colon], url.UserInfo[(colon + 1)..]) : (url.UserInfo, "");
        if (user.Length > 0)
        {
            connection.Username = Uri.UnescapeDataString(user);
        }

        if (password.Length > 0)
        {
            connection.Password = Uri.UnescapeDataString(password);
        }

        var schema = DefaultSchema;
        foreach (var parameter in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = parameter.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals ? (parameter[..equals], Uri.UnescapeDataString(parameter[(equals + 1)..])) : (parameter, "");
            schema = Apply(connection, name, value) ?? schema;
        }

        connection.SearchPath = $"{schema},public";
        return new PostgresAddress(connection.ConnectionString, schema, $"postgresql://{Host(url)}/{database}{(schema == DefaultSchema ? "" : $"?schema={schema}")}");
    }

    // Returns the schema, if that is what the parameter says. The others have the names of libpq (PostgreSQL, "Parameter Key Words").
    private static string? Apply(NpgsqlConnectionStringBuilder connection, string name, string value)
    {
        switch (name)
        {
            case "schema":
                return value.Length is > 0 and < 64 && value.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_') && !char.IsAsciiDigit(value[0])
                    ? value
                    : throw new FormatException("The schema of the index must consist of a-z, 0-9 and _, and must not begin with a digit.");
            case "host":
                connection.Host = value.Length > 0 ? value : throw new FormatException(Example);
                return null;
            case "sslmode":
                connection.SslMode = value switch
                {
                    "disable" => SslMode.Disable,
                    "allow" => SslMode.Allow,
                    "prefer" => SslMode.Prefer,
                    "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA,
                    "verify-full" => SslMode.VerifyFull,
                    _ => throw new FormatException("sslmode must be disable, allow, prefer, require, verify-ca or verify-full."),
                };
                return null;
            case "sslrootcert":
                connection.RootCertificate = value;
                return null;
            case "connect_timeout":
                connection.Timeout = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1024
                    ? seconds
                    : throw new FormatException("connect_timeout must be a number of seconds from 1 to 1024.");
                return null;
            default:
                throw new FormatException("The address of the index can have schema, host, sslmode, sslrootcert and connect_timeout after the question mark, and nothing else.");
        }
    }

    private static string Host(Uri url) => url.Port > 0 ? $"{url.Host}:{url.Port.ToString(CultureInfo.InvariantCulture)}" : url.Host;
}
