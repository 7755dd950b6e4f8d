using System.Collections.Immutable;
using System.Text;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>A session in the memory store. Whatever changes it holds its gate, so each change is all or nothing.</summary>
internal sealed class MemorySession(SessionKey key)
{
    private readonly List<LogRecord> _log = [];
    private readonly Dictionary<RunId, Run> _runs = [];
    private readonly List<RunId> _order = [];
    private readonly List<(long Seq, RunId Run, bool FromUser)> _messages = [];
    private Dictionary<string, KeyEntry>? _keys;
    private StringBuilder? _streamed;
    private SessionState _state = SessionState.None(key);

    public Lock Gate { get; } = new();

    /// <summary>The newest state; reading it needs no gate.</summary>
    public SessionState State => Volatile.Read(ref _state);

    public MemoryPlaces Places { get; } = new();

    public Facts Look(string? idempotencyKey, RunId? run)
    {
        if (idempotencyKey is null && (run is null || _runs.Count == 0))
            return Facts.None;

        var entry = idempotencyKey is null ? null : _keys?.GetValueOrDefault(idempotencyKey);
        return new Facts(
            entry,
            entry is KeyOfRun { Run: var keyRun } ? Find(keyRun) : null,
            run is { } id ? Find(id) : null);
    }

    public Run? Find(RunId run) => _runs.GetValueOrDefault(run);

    public DecisionResult.Committed? Append(DecisionWrite write)
    {
        var state = _state;
        if (state.Version != write.ExpectedVersion || (write.ExpectedBeats is { } beats && state.Lease?.Beats != beats))
            return null;

        var committed = write.SealOnto(state, _streamed?.ToString() ?? "");
        Take(state, committed.Sealed);
        if (committed.Next is { } next)
            Take(committed.Sealed.State, next);

        Volatile.Write(ref _state, committed.State);
        return committed;
    }

    public OutputResult Append(OutputWrite write, DateTimeOffset now)
    {
        var state = _state;
        switch (LeaseFence.Check(state, write.Run, write.Epoch, write.Batch))
        {
            case LeaseVerdict.Repeated:
                return new OutputResult.Repeated(state.Lease!);
            case LeaseVerdict.OutOfOrder disorder:
                return new OutputResult.OutOfOrder(disorder.Expected);
            case LeaseVerdict.Lost:
                return new OutputResult.Lost(Find(write.Run)?.Status);
        }

        var records = ImmutableArray.CreateBuilder<LogRecord>(write.Events.Length);
        foreach (var output in write.Events)
        {
            var record = new LogRecord(state.LastSeq + 1, state.Version, now, output);
            state = Evolver.Apply(state, record);
            records.Add(record);
            if (output.Transcript is { } text)
                (_streamed ??= new()).Append(text);
        }

        var lease = state.Lease!.Extend(now + write.LeaseTtl, write.Batch);
        _log.AddRange(records);
        Volatile.Write(ref _state, state with { Lease = lease });
        return new OutputResult.Landed(records.MoveToImmutable(), lease);
    }

    public IReadOnlyList<LogRecord> ReadLog(long after, int max)
    {
        // Seqs are gapless from 1, so they are places in the list.
        var from = (int)Math.Min(Math.Max(after, 0), _log.Count);
        return _log.GetRange(from, Math.Min(max, _log.Count - from));
    }

    public IReadOnlyList<Run> ListRuns(long? beforeSeq, int max)
    {
        var runs = new List<Run>();
        for (var at = _order.Count - 1; at >= 0 && runs.Count < max; at--)
        {
            var run = Current(_order[at]);
            if (beforeSeq is not { } before || run.QueuedSeq < before)
                runs.Add(run);
        }

        return runs;
    }

    public IReadOnlyList<Message> ListMessages(long after, int max)
    {
        var messages = new List<Message>();
        foreach (var (seq, id, fromUser) in _messages)
        {
            if (messages.Count >= max)
                break;

            var run = Current(id);
            if (seq > after && (fromUser ? Message.Sent(run) : Message.Answered(run)) is { } message)
                messages.Add(message);
        }

        return messages;
    }

    private void Take(SessionState before, SealedDecision committed)
    {
        _log.AddRange(committed.Records);
        if (committed.State.GenerationSeq != before.GenerationSeq)
            _messages.Clear();

        foreach (var run in committed.Runs)
            Put(run, committed.State.Generation);

        foreach (var entry in committed.Keys)
            (_keys ??= new(StringComparer.Ordinal))[entry.Key] = entry;

        if (committed.State.Active is null)
            _streamed = null;
    }

    private Run Current(RunId id) => _state.Find(id) ?? _runs[id];

    private void Put(Run run, long generation)
    {
        if (!_runs.ContainsKey(run.Id))
        {
            _order.Add(run.Id);
            if (run.Generation == generation)
                _messages.Add((run.QueuedSeq, run.Id, true));
        }

        if (run.IsTerminal && run.Generation == generation)
            _messages.Add((run.EndedSeq, run.Id, false));

        _runs[run.Id] = run;
    }
}
