using Npgsql;

namespace Sessions.Postgres.Tests;

[Collection(OnPostgres.Name)]
public sealed class WriterConnectionTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_connection_that_was_lost_between_two_batches_is_an_outage_and_no_failure_of_the_server()
    {
        await using var database = await postgres.CreateAsync();
        var connection = await WriterConnection.OpenAsync(database.Database.Source, new CommitCommand(), Guid.NewGuid());
        await connection.DisposeAsync();

        var lost = await Assert.ThrowsAsync<NpgsqlException>(() => connection.CommitAsync(1, []));
        Assert.True(StoreFaults.IsOutage(lost));
    }
}
