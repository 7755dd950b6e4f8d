using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>Hints between two replicas, over connections that break.</summary>
[Collection(OnPostgres.Name)]
public sealed class ReplicaBusTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Hints_reach_the_other_replica_also_after_the_connections_were_cut()
    {
        await using var database = await postgres.CreateAsync();
        await using var here = new PostgresReplicaBus(database.Database, NullLogger<PostgresReplicaBus>.Instance);
        await using var there = new PostgresReplicaBus(database.Database, NullLogger<PostgresReplicaBus>.Instance);
        await Task.WhenAll(here.Listening, there.Listening);
        var heard = 0L;
        using var hearing = there.Listen(wakeup => Interlocked.Exchange(ref heard, wakeup.LastSeq));
        using var echo = here.Listen(_ => Assert.Fail("A replica hears itself."));

        await HintAsync(1);
        await database.RunAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        await HintAsync(2);

        // A hint that is sent while nobody listens is lost, as it may be; a later one is not.
        Task HintAsync(long seq) => Eventually.HoldsAsync(
            () =>
            {
                here.Post(new Wakeup(new(new("t"), new("s")), seq, true, null, []));
                return Task.FromResult(Interlocked.Read(ref heard));
            },
            seen => seen == seq,
            $"the hint {seq} is heard");
    }
}
