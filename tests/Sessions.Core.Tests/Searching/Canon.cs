using System.Text;
using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Searching;

/// <summary>
/// A world's key: equal keys mean that the same can happen from here on. Times count from now, seqs and versions only by
/// whether a replica's are still the store's; what no rule and no decision reads is left out.
/// </summary>
internal sealed class Canon
{
    private readonly StringBuilder _key = new(128);

    public string Of(World world)
    {
        _key.Clear();
        Add(world.Store, world.Now);
        Add(world.Worker1);
        Add(world.Worker2);
        var budget = world.Budget;
        Add(budget.Requests, budget.Ticks, budget.ReplicaCrashes, budget.WorkerCrashes, budget.Outputs, budget.Heartbeats);
        Add(world.Seen);

        // The replicas are alike: their order does not matter.
        var from = _key.Length;
        Add(world, world.A);
        var between = _key.Length;
        Add(world, world.B);
        Sort(from, between);
        return _key.ToString();
    }

    public string Of(ModelStore store, DateTimeOffset now)
    {
        _key.Clear();
        Add(store, now);
        return _key.ToString();
    }

    private void Add(ModelStore store, DateTimeOffset now)
    {
        var state = store.State;
        Add((int)state.Existence, (int)state.Binding.State, state.BoundByActive ? 1 : 0, (int)state.Rest, (int)state.Epoch);
        if (state.Active is { } active)
        {
            Add(1, Scenario.Number(active.Id), active.Attempt, (int)active.Epoch, active.HasOutput ? 1 : 0);
            Add(Scenario.TicksUntil(active.Deadline!.Value, now), Scenario.TicksUntil(state.Lease!.ExpiresAt, now));
            _key.Append(store.Streamed);
        }

        Add(state.Queue.Length);
        foreach (var run in state.Queue)
            Add(Scenario.Number(run.Id), run.Attempt, (int)run.Epoch, Scenario.TicksUntil(run.QueueDeadline, now));

        foreach (var id in Scenario.RunIds)
        {
            var row = store.FindRun(id);
            Add(row is null ? 9 : (int)row.Status);
            if (row is { IsTerminal: true })
                Add((int)row.Epoch, row.Error is null ? 0 : row.Error.Code[^1]);
        }

        Add(store.FindKey("k") switch { null => 0, PendingAbort => 1, KeyOfRun known => 1 + Scenario.Number(known.Run), _ => 9 });
        Add(Scenario.Number(store.Audit.Running));
        foreach (var run in store.Audit.Runs)
            Add(Scenario.Number(run.Id), run.Terminals);
    }

    private void Add(World world, Replica replica)
    {
        if (replica.Request is not { } request)
        {
            Add(0);
            return;
        }

        Add(request.Id + 1);
        if (replica.Loaded is not { } loaded)
        {
            Add(replica.Ended);
            Add(replica.Reply);
            return;
        }

        var faulty = world.Store.Faults != Fault.None;
        if (!faulty && loaded.Store.State.Version != world.Store.State.Version)
        {
            // Whatever it decided, the fence refuses it.
            Add(100);
            return;
        }

        Add(101, (int)(world.Now - loaded.Now).TotalSeconds, loaded.Store.State.Active?.HasOutput == true ? 1 : 0);
        Add(replica.Decision!.ExpectedBeats is { } beats ? beats == world.Store.State.Lease?.Beats ? 1 : 2 : 0);
        if (faulty)
            Add(loaded.Store, loaded.Now);
        else if (loaded.Command is CompleteRun or FailRun)
            Add(new Claim(loaded.Command.RunToLookUp!.Value, Epoch(loaded.Command)));
    }

    private static long Epoch(Command command) => command is CompleteRun complete ? complete.Epoch : ((FailRun)command).Epoch;

    private void Add(Claim? claim)
    {
        if (claim is null)
            Add(0);
        else
            Add(Scenario.Number(claim.Run), (int)claim.Epoch);
    }

    private void Add(params ReadOnlySpan<int> values)
    {
        foreach (var value in values)
            _key.Append((char)(value + 1));
    }

    private void Sort(int from, int between)
    {
        var length = _key.Length;
        Span<char> parts = stackalloc char[length - from];
        _key.CopyTo(from, parts, parts.Length);
        var first = parts[..(between - from)];
        var second = parts[(between - from)..];
        if (first.SequenceCompareTo(second) <= 0)
            return;

        _key.Length = from;
        _key.Append(second).Append(first);
    }
}
