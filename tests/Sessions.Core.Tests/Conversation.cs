using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests;

/// <summary>One session as its examples tell it: commands one after another, on a clock that the example moves.</summary>
internal sealed class Conversation
{
    public ModelStore Store { get; private set; } = ModelStore.Empty();

    public DateTimeOffset Now { get; private set; } = Samples.Beginning;

    public SessionState State => Store.State;

    public SessionSnapshot Shown => SessionSnapshot.Of(State);

    /// <summary>The queued runs, as in <c>r2 r3</c>.</summary>
    public string Waiting => string.Join(' ', Shown.QueuedRuns);

    /// <summary>The events of the last write.</summary>
    public IEnumerable<SessionEvent> Events => Store.Written.Select(record => record.Event);

    public Run Run(string id) => Store.FindRun(new(id)) ?? throw new InvalidOperationException($"There is no run {id}.");

    public Decision Try(Command command)
    {
        var loaded = Store.Load(command, Now);
        var decision = loaded.Decide();
        if (decision is Decision.Accepted accepted)
            Store = Store.Commit(accepted, loaded) ?? throw new InvalidOperationException("Nobody else commits here.");

        return decision;
    }

    public T Accept<T>(Command command) where T : Outcome =>
        Assert.IsType<T>(Assert.IsType<Decision.Accepted>(Try(command)).Outcome);

    public T Keep<T>(Command command) where T : Outcome =>
        Assert.IsType<T>(Assert.IsType<Decision.Unchanged>(Try(command)).Outcome);

    public Refusal Refuse(RefusalCode code, Command command)
    {
        var refusal = Assert.IsType<Decision.Refused>(Try(command)).Refusal;
        Assert.Equal(code, refusal.Code);
        return refusal;
    }

    public Run Send(string run, AgentName? agent = null, int maxAttempts = 1, string? key = null)
    {
        Accept<SendOutcome>(Samples.Send(run, key, agent) with { MaxAttempts = maxAttempts });
        return Run(run);
    }

    public Run Start(string worker = "w1")
    {
        Accept<StartOutcome>(Samples.Start(worker));
        return State.Active!;
    }

    public Run SendAndStart(string run, AgentName? agent = null, int maxAttempts = 1)
    {
        Send(run, agent, maxAttempts);
        return Start();
    }

    public void Complete(string? text = null) =>
        Accept<ReportOutcome>(new CompleteRun(State.Active!.Id, State.Active.Epoch, text, null));

    public void Fail(string code, FailPhase phase = FailPhase.Run) => Accept<ReportOutcome>(
        new FailRun(State.Active!.Id, State.Active.Epoch, new(code, "it broke"), phase));

    public LeaseVerdict Say(string text, long? batch = null) =>
        Write(State.Active!.Id, State.Active.Epoch, batch, new RunDelta(State.Active.Id, text));

    public LeaseVerdict Write(RunId run, long epoch, long? batch, params OutputEvent[] items)
    {
        (Store, var verdict) = Store.Output(run, epoch, batch, items, Now, Samples.LeaseTtl);
        return verdict;
    }

    public int Sweep() => Try(new ExpireDue()) switch
    {
        Decision.Accepted { Outcome: DueOutcome due } => due.Ended,
        Decision.Unchanged { Outcome: DueOutcome due } => due.Ended,
        var other => throw new InvalidOperationException($"A sweep was answered {other}."),
    };

    public void Pass(TimeSpan time) => Now += time;
}
