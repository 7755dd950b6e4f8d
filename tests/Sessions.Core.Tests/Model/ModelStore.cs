using System.Collections.Immutable;

namespace Sessions.Core.Tests.Model;

/// <summary>
/// A store of one session, as small as the contract allows and immutable, so that a search can branch it. Decisions fence on
/// the version, and on the beats when they rest on a lease's silence; output and heartbeats on the lease.
/// </summary>
internal sealed record ModelStore
{
    public required SessionState State { get; init; }

    public LogChain? Log { get; init; }

    /// <summary>The records of the last write.</summary>
    public ImmutableArray<LogRecord> Written { get; init; } = [];

    public ImmutableArray<Run> Runs { get; init; } = [];

    public ImmutableArray<KeyEntry> Keys { get; init; } = [];

    /// <summary>The text that the active run has streamed.</summary>
    public string Streamed { get; init; } = "";

    /// <summary>What the log says to a naive reader.</summary>
    public Audit Audit { get; init; } = Audit.Empty;

    public Fault Faults { get; init; }

    public static ModelStore Empty(Fault faults = Fault.None) => new()
    {
        State = SessionState.None(new(new("default"), new("s1"))),
        Faults = faults,
    };

    public Run? FindRun(RunId id)
    {
        foreach (var run in Runs)
        {
            if (run.Id == id)
                return run;
        }

        return null;
    }

    public KeyEntry? FindKey(string key)
    {
        // A key's send replaces the abort that waited for it.
        for (var at = Keys.Length - 1; at >= 0; at--)
        {
            if (Keys[at].Key == key)
                return Keys[at];
        }

        return null;
    }

    public Facts Facts(Command command)
    {
        var key = command.KeyToLookUp is { } name && !Faults.HasFlag(Fault.KeysForgotten) ? FindKey(name) : null;
        return new(
            key,
            key is KeyOfRun known ? FindRun(known.Run) : null,
            command.RunToLookUp is { } run ? FindRun(run) : null);
    }

    public Loaded Load(Command command, DateTimeOffset now) => new(this, command, now);

    /// <summary>The store after a decision; null when a fence refuses it.</summary>
    public ModelStore? Commit(Decision.Accepted decision, Loaded on)
    {
        var fenced = !Faults.HasFlag(Fault.VersionFenceOff);
        if (fenced && State.Version != on.Store.State.Version)
            return null;

        if (decision.ExpectedBeats is { } beats && State.Lease?.Beats != beats && !Faults.HasFlag(Fault.BeatsFenceOff))
            return null;

        var streamed = Faults.HasFlag(Fault.TextReadAtDecide) ? on.Store.Streamed : Streamed;
        var basis = fenced ? State : on.Store.State;
        return Write(Sealer.Seal(basis, decision.Events, on.Now, streamed));
    }

    /// <summary>Output under a lease.</summary>
    public (ModelStore Store, LeaseVerdict Verdict) Output(
        RunId run, long epoch, long? batch, IReadOnlyList<OutputEvent> items, DateTimeOffset now, TimeSpan ttl)
    {
        if (Faults.HasFlag(Fault.EpochFenceOff) && State.Active is { } active)
        {
            (run, epoch) = (active.Id, active.Epoch);
            items = [.. items.Select(item => item with { RunId = active.Id })];
        }

        var verdict = LeaseFence.Check(State, run, epoch, batch);
        if (verdict is not LeaseVerdict.Holds)
            return (this, verdict);

        var next = this with { Written = [] };
        foreach (var item in items)
        {
            var record = new LogRecord(next.State.LastSeq + 1, State.Version, now, item);
            next = next.Append(record) with
            {
                State = Evolver.Apply(next.State, record),
                Streamed = next.Streamed + item.Transcript,
            };
        }

        return (next with { State = next.State with { Lease = next.State.Lease!.Extend(now + ttl, batch) } }, verdict);
    }

    private ModelStore Write(SealedDecision decision)
    {
        var next = this with { Written = [], Runs = With(Runs, decision.Runs), Keys = With(Keys, decision.Keys) };
        foreach (var record in decision.Records)
            next = next.Append(record);

        var state = decision.State;
        var ends = decision.Records.Any(record => record.Event is RunEnded);
        if (Faults.HasFlag(Fault.ActiveKeptAfterEnd) && state.Active is null && ends)
            state = state with { Active = State.Active, Lease = State.Lease };

        if (Faults.HasFlag(Fault.RequeueAtTheEnd) && decision.Records.Any(record => record.Event is RunRequeued))
            state = state with { Queue = state.Queue.RemoveAt(0).Add(state.Queue[0]) };

        return next with { State = state, Streamed = state.Active?.Epoch == State.Active?.Epoch ? Streamed : "" };
    }

    private ModelStore Append(LogRecord record) => this with
    {
        Log = new(record, Log),
        Written = Written.Add(record),
        Audit = Audit.Read(record),
    };

    private ImmutableArray<Run> With(ImmutableArray<Run> rows, ImmutableArray<Run> touched)
    {
        foreach (var run in touched)
        {
            if (run.IsTerminal && Faults.HasFlag(Fault.RunRowForgotten))
                continue;

            rows = FindRun(run.Id) is { } old ? rows.Replace(old, run) : rows.Add(run);
        }

        return rows;
    }

    private ImmutableArray<KeyEntry> With(ImmutableArray<KeyEntry> keys, ImmutableArray<KeyEntry> given)
    {
        foreach (var key in given)
        {
            if (key is not PendingAbort || !Faults.HasFlag(Fault.PendingAbortsForgotten))
                keys = keys.Add(key);
        }

        return keys;
    }
}
