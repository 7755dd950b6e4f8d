using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

[Collection(OnPostgres.Name)]
public sealed class PostgresStoreConformance(PostgresFixture postgres) : SessionStoreConformance
{
    private TestDatabase? _database;

    /// <summary>The clock goes on between two jumps.</summary>
    protected override TimeSpan LeaseTtl => TimeSpan.FromMinutes(1);

    protected override int Races => 20;

    public override async Task DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }

    protected override async ValueTask<ISessionStore> CreateStoreAsync() => (_database = await postgres.CreateAsync()).Store();

    protected override async ValueTask PassAsync(TimeSpan time) => await _database!.PassAsync(time);
}
