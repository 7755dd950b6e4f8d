using Npgsql;
using NpgsqlTypes;

namespace Sessions.Postgres;

/// <summary>Runs a named statement and reads its rows.</summary>
internal static class Query
{
    public static ValueTask<List<T>> ListAsync<T>(
        this ReadRetry database, string statement, Action<NpgsqlParameterCollection> parameters,
        Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) => new(database.ReadAsync(
            async connection =>
            {
                var rows = new List<T>();
                await connection.EachAsync(statement, parameters, reader => rows.Add(read(reader)), cancellationToken).ConfigureAwait(false);
                return rows;
            },
            cancellationToken));

    public static async Task EachAsync(
        this NpgsqlConnection connection, string statement, Action<NpgsqlParameterCollection> parameters,
        Action<NpgsqlDataReader> take, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Statements.Named(statement), connection);
        await using (command.ConfigureAwait(false))
        {
            parameters(command.Parameters);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    take(reader);
            }
        }
    }

    public static NpgsqlParameterCollection Text(this NpgsqlParameterCollection parameters, string? value) =>
        parameters.With(value, NpgsqlDbType.Text);

    public static NpgsqlParameterCollection Texts(this NpgsqlParameterCollection parameters, string?[] values) =>
        parameters.With(values, NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static NpgsqlParameterCollection Number(this NpgsqlParameterCollection parameters, long value) =>
        parameters.With(value, NpgsqlDbType.Bigint);

    public static NpgsqlParameterCollection Numbers(this NpgsqlParameterCollection parameters, long[] values) =>
        parameters.With(values, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static NpgsqlParameterCollection Small(this NpgsqlParameterCollection parameters, short? value) =>
        parameters.With(value, NpgsqlDbType.Smallint);

    public static NpgsqlParameterCollection Flag(this NpgsqlParameterCollection parameters, bool? value) =>
        parameters.With(value, NpgsqlDbType.Boolean);

    public static NpgsqlParameterCollection Time(this NpgsqlParameterCollection parameters, DateTimeOffset value) =>
        parameters.With(value.ToUniversalTime(), NpgsqlDbType.TimestampTz);

    private static NpgsqlParameterCollection With<T>(this NpgsqlParameterCollection parameters, T value, NpgsqlDbType type)
    {
        parameters.Add(value is null
            ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type }
            : new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return parameters;
    }
}
