using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Sessions.Core.Tests.Model;

/// <summary>An invariant that does not hold.</summary>
internal sealed record Finding(int Invariant, string What)
{
    public override string ToString() => $"invariant {Invariant}: {What}";
}

/// <summary>
/// A naive reader of the log, which shares no code with <see cref="Evolver"/>: it keeps its own books and writes down what
/// contradicts them.
/// </summary>
internal sealed record Audit
{
    public static Audit Empty { get; } = new();

    public ImmutableArray<Finding> Findings { get; init; } = [];

    public ImmutableArray<RunAccount> Runs { get; init; } = [];

    /// <summary>The accepted runs that wait, in the order in which they must start.</summary>
    public ImmutableArray<RunId> Waiting { get; init; } = [];

    public RunId? Running { get; init; }

    public long Epoch { get; init; }

    public long Seq { get; init; }

    public long Version { get; init; }

    public AgentName? Bound { get; init; }

    /// <summary>The run whose start made the binding, while a failure of that start would take it back.</summary>
    public RunId? BoundBy { get; init; }

    public bool Deleted { get; init; }

    public bool AnyAlive => Running is not null || Waiting.Length > 0;

    public RunAccount? Find(RunId id)
    {
        foreach (var run in Runs)
        {
            if (run.Id == id)
                return run;
        }

        return null;
    }

    public Audit Read(LogRecord record)
    {
        var next = Expect(37, record.Seq == Seq + 1, $"seq {record.Seq} follows {Seq}");
        var decided = record.Event is not OutputEvent;
        var follows = record.Version == Version || (decided && record.Version == Version + 1);
        next = next.Expect(6, follows, $"version {record.Version} follows {Version}");
        next = next.Expect(16, !Deleted, $"{record.Event.GetType().Name} follows the deletion");
        next = next with { Seq = record.Seq, Version = record.Version };
        return record.Event switch
        {
            RunQueued queued => next.Accepted(queued.Run, record),
            RunEvent about when next.Find(about.RunId) is not { } run =>
                next.Expect(2, false, $"{about.GetType().Name} of run {about.RunId}, which was never accepted"),
            RunEvent about => next.Happened(about, next.Find(about.RunId)!, record),
            SessionReset => next.Expect(16, !next.AnyAlive, $"a reset leaves a run alive") with { Bound = null, BoundBy = null },
            SessionDeleted => next.Expect(16, !next.AnyAlive, $"a deletion leaves a run alive") with { Deleted = true },
            _ => next,
        };
    }

    private Audit Expect(int invariant, bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] When what) =>
        holds ? this : this with { Findings = Findings.Add(new(invariant, what.Text())) };

    private Audit Accepted(Run run, LogRecord record)
    {
        var sameKey = run.IdempotencyKey is { } key ? Runs.FirstOrDefault(other => other.Accepted.IdempotencyKey == key) : null;
        return Expect(17, sameKey is null, $"run {run.Id} was accepted for the key of run {sameKey?.Id}")
            .Expect(17, Find(run.Id) is null, $"run {run.Id} was accepted twice")
            .Expect(22, run.QueueDeadline == record.At + run.QueueTimeout, $"run {run.Id} has the wrong queue deadline")
            with
        { Runs = Runs.Add(new(run)), Waiting = Waiting.Add(run.Id) };
    }

    private Audit Happened(RunEvent happened, RunAccount run, LogRecord record)
    {
        var invariant = happened is RunEnded ? 2 : 13;
        var next = Expect(invariant, !run.Ended, $"{happened.GetType().Name} follows the terminal event of run {run.Id}");
        return happened switch
        {
            RunStarted started => next.Started(started, run, record),
            RunRequeued requeued => next.Requeued(requeued, run),
            OutputEvent output => next.Expect(19, Running == run.Id, $"output of run {run.Id}, which is not running")
                .Put(run with { HasOutput = true, Text = run.Text + output.Transcript }),
            RunEnded ended => next.Ended(ended, run, record),
            _ => throw new InvalidOperationException($"No audit of {happened.GetType().Name}."),
        };
    }

    private Audit Started(RunStarted started, RunAccount run, LogRecord record)
    {
        var isHead = Waiting.Length > 0 && Waiting[0] == run.Id;
        var isBound = Bound is null || Bound == run.Accepted.Agent;
        var isWhole = started.Deadline == record.At + run.Accepted.Timeout;
        var next = Expect(19, Running is null, $"run {run.Id} starts while run {Running} is running")
            .Expect(19, started.Epoch > Epoch, $"epoch {started.Epoch} follows {Epoch}")
            .Expect(21, isHead, $"run {run.Id} starts out of order: [{string.Join(", ", Waiting)}]")
            .Expect(22, isWhole, $"run {run.Id} has not its whole timeout to execute")
            .Expect(9, isBound, $"run {run.Id} starts for another agent than the bound {Bound}")
            .Put(run with { Starts = run.Starts + 1, StartedAt = record.At });
        return next with
        {
            Running = run.Id,
            Epoch = started.Epoch,
            Waiting = Waiting.Remove(run.Id),
            Bound = Bound ?? run.Accepted.Agent,
            BoundBy = Bound is null ? run.Id : null,
        };
    }

    private Audit Requeued(RunRequeued requeued, RunAccount run) =>
        Expect(19, Running == run.Id, $"run {run.Id} is queued again and was not running")
            .Expect(24, !run.HasOutput, $"run {run.Id} is queued again after output")
            .Expect(24, requeued.Attempt < run.Accepted.MaxAttempts, $"run {run.Id} is queued again after {requeued.Attempt} starts")
            .Expect(24, requeued.Attempt == run.Starts || requeued.Attempt == run.Starts - 1, $"run {run.Id} counts {requeued.Attempt} of {run.Starts} starts")
            .Put(run with { Starts = requeued.Attempt })
            .Unbind(BoundBy == run.Id) with
        {
            Running = null,
            Waiting = Waiting.Insert(0, run.Id),
        };

    private Audit Ended(RunEnded ended, RunAccount run, LogRecord record)
    {
        // A completion may bring its own text, which the log can't tell; every other end keeps what was streamed.
        var text = run.Text.Length > 0 ? run.Text : null;
        var kept = ended is RunCompleted || ended.Run.Output == text;
        var isTerminal = ended.Run.IsTerminal && ended.Run.EndedAt == record.At;
        var next = Expect(13, kept, $"run {run.Id} ended with the text '{ended.Run.Output}', not '{text}'")
            .Expect(2, isTerminal, $"run {run.Id} is not terminal after its terminal event")
            .Unbind(ended is RunFailed { Phase: FailPhase.Start } && BoundBy == run.Id)
            .Put(run with { Terminals = run.Terminals + 1 });
        return next with
        {
            Running = Running == run.Id ? null : Running,
            Waiting = Waiting.Remove(run.Id),
            BoundBy = BoundBy == run.Id ? null : next.BoundBy,
        };
    }

    private Audit Unbind(bool when) => when ? this with { Bound = null, BoundBy = null } : this;

    private Audit Put(RunAccount run)
    {
        for (var at = 0; at < Runs.Length; at++)
        {
            if (Runs[at].Id == run.Id)
                return this with { Runs = Runs.SetItem(at, run) };
        }

        return this;
    }
}
