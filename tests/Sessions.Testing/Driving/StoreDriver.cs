using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Drives a store by hand: the two halves of a decision apart, so that a test can put something between them.</summary>
public sealed class StoreDriver(ISessionStore store, TimeSpan leaseTtl)
{
    /// <summary>The first half: load and decide. The command must be accepted.</summary>
    public async Task<DecisionWrite> DecideAsync(SessionKey key, Command command)
    {
        var loaded = await store.LoadAsync(key, command.KeyToLookUp, command.RunToLookUp, default);
        var decision = Decider.Decide(loaded.State, command, loaded.Facts, loaded.Now);
        var accepted = decision as Decision.Accepted
            ?? throw new InvalidOperationException($"{command} on {key} was not accepted but {decision}; the state is {Text.Of(loaded.State)}");
        return new DecisionWrite(key, loaded.State.Version, accepted.ExpectedBeats, accepted.Events, loaded.Now);
    }

    /// <summary>The first half of a send with the start of its run behind it.</summary>
    public async Task<DecisionWrite> DecideStartedAsync(SessionKey key, SendMessage send, string worker = "w1")
    {
        var (before, write) = ((await store.LoadAsync(key, null, null, default)).State, await DecideAsync(key, send));
        var queued = Sealer.Seal(before, write.Events, write.At, "").State;
        var decision = Decider.Decide(queued, Commands.Start(leaseTtl, worker), Facts.None, write.At);
        return write with { Next = Assert.IsType<Decision.Accepted>(decision).Events };
    }

    /// <summary>Both halves, again after each lost race.</summary>
    public async Task<SealedDecision> DoAsync(SessionKey key, Command command)
    {
        while (true)
        {
            if (await store.AppendAsync(await DecideAsync(key, command), default) is DecisionResult.Committed committed)
                return committed.Sealed;
        }
    }

    /// <summary>Sends a run and starts it.</summary>
    public async Task<Run> RunningAsync(SessionKey key, string run, AgentName? agent = null)
    {
        await DoAsync(key, Commands.Send(run, agent: agent));
        return await StartAsync(key);
    }

    /// <summary>Starts the head of the queue.</summary>
    public async Task<Run> StartAsync(SessionKey key, string worker = "w1") =>
        (await DoAsync(key, Commands.Start(leaseTtl, worker))).State.Active!;

    /// <summary>Appends output.</summary>
    public async Task<OutputResult> OutputAsync(SessionKey key, Run run, long? batch, params OutputEvent[] output) =>
        await store.AppendOutputAsync(new OutputWrite(key, run.Id, run.Epoch, batch, [.. output], leaseTtl), default);

    /// <summary>Appends a piece of text that must land.</summary>
    public async Task<OutputResult.Landed> SayAsync(SessionKey key, Run run, string text) =>
        Assert.IsType<OutputResult.Landed>(await OutputAsync(key, run, null, new RunDelta(run.Id, text)));

    /// <summary>The session as it is.</summary>
    public async Task<SessionState> StateAsync(SessionKey key) => (await store.LoadAsync(key, null, null, default)).State;

    /// <summary>The whole log.</summary>
    public async Task<IReadOnlyList<LogRecord>> LogAsync(SessionKey key, int page = 100)
    {
        var log = new List<LogRecord>();
        while (await store.ReadLogAsync(key, log.Count, page, default) is { Count: > 0 } records)
            log.AddRange(records);

        return log;
    }
}
