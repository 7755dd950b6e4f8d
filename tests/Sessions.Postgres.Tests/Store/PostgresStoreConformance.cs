using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

[Collection(OnPostgres.Name)]
public sealed class PostgresStoreConformance(PostgresFixture postgres) : SessionStoreConformance
{
    private TestDatabase? _database;

    protected override TimeSpan LeaseTtl => TimeSpan.FromSeconds(1);

    protected override int Races => 20;

    public override async Task DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }

    protected override async ValueTask<ISessionStore> CreateStoreAsync() => (_database = await postgres.CreateAsync()).Store();

    /// <summary>The database's clock can't be moved.</summary>
    protected override async ValueTask PassAsync(TimeSpan time) => await Task.Delay(time);
}
