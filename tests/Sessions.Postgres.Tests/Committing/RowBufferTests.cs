using Npgsql;

namespace Sessions.Postgres.Tests;

/// <summary>Rows in the database's own format: what is sent is what arrives.</summary>
[Collection(OnPostgres.Name)]
public sealed class RowBufferTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 2, 28, 23, 59, 59, 999, TimeSpan.FromHours(2));

    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await postgres.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Every_kind_of_column_arrives_as_it_was_sent()
    {
        var rows = new RowBuffer();
        Add(rows, 7, "rün \U0001F600", "");

        Assert.Equal(
            "(7,\"rün \U0001F600\",-32768,2147483647,\"\",-9223372036854775808,\"2026-02-28 21:59:59.999+00\",\"1999-12-31 23:59:59.999999+00\",,,-1,,,,,,t,f,0)",
            await SentAsync<string>("changed_run", rows, "select r::text from unnest($1) r"));
    }

    [Fact]
    public async Task A_row_may_be_longer_than_any_buffer_and_there_may_be_many()
    {
        var rows = new RowBuffer();
        var texts = Enumerable.Range(0, 300).Select(n => new string((char)('a' + (n % 26)), n * n)).ToArray();
        for (var n = 0; n < texts.Length; n++)
            Add(rows, n, texts[n], null);

        var seen = await SentAsync<string[]>("changed_run", rows, "select array_agg(r.run order by r.slot) from unnest($1) r");

        Assert.Equal(texts, seen);
    }

    [Fact]
    public async Task A_buffer_is_empty_at_first_and_once_it_is_cleared()
    {
        var rows = new RowBuffer();
        Assert.Equal(0, await SentAsync<int>("changed_run", rows, "select cardinality($1)"));

        Add(rows, 1, "r", new string('x', 3_000_000));
        rows.Clear();
        Assert.Equal(0, await SentAsync<int>("changed_run", rows, "select cardinality($1)"));

        Add(rows, 2, "r", "short");
        Assert.Equal("short", await SentAsync<string>("changed_run", rows, "select min(r.worker) from unnest($1) r"));
    }

    [Fact]
    public async Task A_day_is_sent_as_its_hours()
    {
        var rows = new RowBuffer();
        var time = new TimeSpan(2, 3, 4, 5) + TimeSpan.FromMicroseconds(6);
        rows.Begin().Integer(1).Text("t").Text("s").Text("r").BigInt(1).BigInt(null).BigInt(null).Integer(0).Integer(0).Interval(time).End();

        Assert.Equal("51:04:05.000006", await SentAsync<string>("output", rows, "select min(r.ttl)::text from unnest($1) r"));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_row_with_too_few_or_too_many_columns_is_refused(int columns)
    {
        var rows = new RowBuffer();
        rows.Begin().Integer(1);
        for (var column = 1; column < columns - 1; column++)
            rows.Text("k");

        rows.SmallInt(null).End();

        await Assert.ThrowsAsync<PostgresException>(() => SentAsync<int>("key", rows, "select cardinality($1)"));
    }

    [Fact]
    public async Task A_column_of_another_type_is_refused()
    {
        var rows = new RowBuffer();
        rows.Begin().Integer(1).Text("k").Text("r").Text("f").Integer(null).End();

        await Assert.ThrowsAsync<PostgresException>(() => SentAsync<int>("key", rows, "select cardinality($1)"));
    }

    private static void Add(RowBuffer rows, int slot, string run, string? worker) => rows.Begin()
        .Integer(slot).Text(run).SmallInt(short.MinValue).Integer(int.MaxValue).Text(worker).BigInt(long.MinValue)
        .Timestamp(At).Timestamp(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMicroseconds(-1)).Timestamp(null).Timestamp(null)
        .Integer(-1).Text(null).Text(null).Text(null).Text(null).SmallInt(null).Boolean(true).Boolean(false).BigInt(0)
        .End();

    private async Task<T> SentAsync<T>(string type, RowBuffer rows, string sql)
    {
        await using var connection = await _database.Database.Source.OpenConnectionAsync();
        await using (var utc = new NpgsqlCommand("set time zone 'UTC'", connection))
            await utc.ExecuteNonQueryAsync();

        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new NpgsqlParameter<RowBuffer> { TypedValue = rows, DataTypeName = $"sessions.batch_{type}[]" } },
        };
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
