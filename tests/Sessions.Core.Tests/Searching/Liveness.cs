using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Searching;

/// <summary>
/// The fair continuation: no worker is heard from any more, the clock goes on, one replica sweeps. Every run must end by
/// that alone (invariant 2), and the running one lose its worker with the first sweep after its lease.
/// </summary>
internal static class Liveness
{
    private const int Sweeps = 16;

    public static Finding? Broken(ModelStore store, DateTimeOffset now)
    {
        if (store.State is { Active: { } active, Lease: { } lease }
            && Sweep(store, lease.ExpiresAt > now ? lease.ExpiresAt : now).State.Active?.Id == active.Id)
        {
            return new(2, $"run {active.Id} is still running after its lease and a sweep");
        }

        for (var sweeps = 0; sweeps < Sweeps && store.State.NextDue() is { } due; sweeps++)
        {
            now = due > now ? due : now;
            store = Sweep(store, now);
        }

        foreach (var run in store.Runs)
        {
            if (!run.IsTerminal)
                return new(2, $"run {run.Id} is {run.Status} for good");
        }

        return null;
    }

    private static ModelStore Sweep(ModelStore store, DateTimeOffset now)
    {
        if (store.Faults.HasFlag(Fault.NoSweeper))
            return store;

        var loaded = store.Load(new ExpireDue(), now);
        return loaded.Decide() is Decision.Accepted accepted ? store.Commit(accepted, loaded)! : store;
    }
}
