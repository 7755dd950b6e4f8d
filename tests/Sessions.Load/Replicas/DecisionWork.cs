using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>
/// The decisions of whole runs without their dispatch: each session decides send, start and complete one after another, and
/// many sessions do so at a time. Appended with the state carried along, it is group commit that is measured.
/// </summary>
internal sealed class DecisionWork(PostgresReplica replica, ReplicaOrder order, bool loads)
{
    private static readonly TenantId Tenant = new("default");

    private readonly EngineOptions _options = new();
    private readonly KnownAgents _agents = new(new HashSet<AgentName> { replica.Agent }, replica.Agent);
    private readonly WorkerId _worker = new("w0");
    private readonly Latencies _latencies = new();
    private DateTimeOffset _clock;
    private long _from;
    private int _started;

    /// <summary>Runs it. What is done is counted in runs of three decisions; how long one decision took is recorded.</summary>
    public async Task<WorkDone> RunAsync(CancellationToken cancellationToken)
    {
        _clock = (await replica.Store.LoadAsync(Key("clock"), null, null, cancellationToken)).Now;
        _from = Stopwatch.GetTimestamp();
        using var instruments = new EngineInstruments();
        var handler = new SessionHandler(replica.Store, static _ => { }, instruments, NullLogger.Instance);
        var runs = await Task.WhenAll(Enumerable.Range(0, order.Settings.Sessions).Select(slot => Task.Run(() => DecideAsync(slot, handler, cancellationToken))));
        return new WorkDone(runs.Sum(), Stopwatch.GetElapsedTime(_from), _latencies.All(), WorkDone.NoFaults);
    }

    private async Task<long> DecideAsync(int slot, SessionHandler handler, CancellationToken cancellationToken)
    {
        var runs = 0;
        var state = SessionState.None(Key(""));
        while (Interlocked.Increment(ref _started) <= order.Runs && Stopwatch.GetElapsedTime(_from).TotalSeconds < order.Settings.Seconds)
        {
            if (runs % order.Settings.Turns == 0)
                state = SessionState.None(Key($"{order.Name}-{replica.Agent}-{slot}-{runs / order.Settings.Turns}"));

            // Ended, whatever the time: the audit wants whole runs.
            var run = new RunId($"r{slot}-{runs}");
            state = await DoAsync(handler, state, Send(run), cancellationToken);
            state = await DoAsync(handler, state, new StartRun(_worker, _agents.Names, _options.LeaseTtl), cancellationToken);
            state = await DoAsync(handler, state, new CompleteRun(run, state.Epoch, RunTicket.Answer, null), cancellationToken);
            runs++;
        }

        return runs;
    }

    private async ValueTask<SessionState> DoAsync(SessionHandler handler, SessionState state, Command command, CancellationToken cancellationToken)
    {
        var from = Stopwatch.GetTimestamp();
        var after = loads
            ? await HandleAsync(handler, state.Key, command, cancellationToken)
            : await AppendAsync(state, command, cancellationToken);
        _latencies.Since(from);
        return after;
    }

    private static async ValueTask<SessionState> HandleAsync(SessionHandler handler, SessionKey key, Command command, CancellationToken cancellationToken)
    {
        var handled = await handler.HandleAsync(key, command, cancellationToken);
        return handled.Refusal is { } refusal
            ? throw new InvalidDataException($"{command.GetType().Name} was refused: {refusal.Message}")
            : handled.State;
    }

    private async ValueTask<SessionState> AppendAsync(SessionState state, Command command, CancellationToken cancellationToken)
    {
        var now = _clock + Stopwatch.GetElapsedTime(_from);
        if (Decider.Decide(state, command, Facts.None, now) is not Decision.Accepted accepted)
            throw new InvalidDataException($"{command.GetType().Name} was not accepted.");

        var write = new DecisionWrite(state.Key, state.Version, accepted.ExpectedBeats, accepted.Events, now);
        return await replica.Store.AppendAsync(write, cancellationToken) is DecisionResult.Committed committed
            ? committed.Sealed.State
            : throw new InvalidDataException($"{command.GetType().Name} lost a race that there was not.");
    }

    private SendMessage Send(RunId run) => new()
    {
        RunId = run,
        Text = RunTicket.Text,
        Fingerprint = "",
        Timeout = _options.RunTimeout,
        QueueTimeout = _options.QueueTimeout,
        MaxQueued = _options.MaxQueued,
        Agents = _agents,
    };

    private static SessionKey Key(string session) => new(Tenant, new SessionId(session));
}
