using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Invariant 37: seqs are gapless, and folding the log gives the stored state.</summary>
public static class LogReplay
{
    public static SessionState Fold(SessionKey key, IEnumerable<LogRecord> log) =>
        log.Aggregate(SessionState.None(key), Evolver.Apply);

    /// <summary>Fails with both states when they differ. Nobody must be writing.</summary>
    public static async Task AgreesAsync(ISessionStore store, SessionKey key)
    {
        var driver = new StoreDriver(store, TimeSpan.Zero);
        var log = await driver.LogAsync(key);
        Assert.Equal(Enumerable.Range(1, log.Count).Select(seq => (long)seq), log.Select(record => record.Seq));
        Assert.Equal(Comparable(Fold(key, log)), Comparable(await driver.StateAsync(key)));
    }

    /// <summary>How often a lease was extended, and until when, is in no log.</summary>
    public static string Comparable(SessionState state) =>
        Text.Of(state with { Lease = state.Lease is { } lease ? new Lease(lease.Epoch, default) : null });
}
