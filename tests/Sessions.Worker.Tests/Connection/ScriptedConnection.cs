using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>A control plane in memory that keeps the rules of the real one, records every call, and can be made to fail.</summary>
internal sealed class ScriptedConnection : IWorkerConnection
{
    private readonly Lock _lock = new();
    private readonly Channel<ClaimResource> _queued = Channel.CreateUnbounded<ClaimResource>();
    private readonly List<Report> _reports = [];
    private readonly List<ClaimRequest> _claims = [];
    private readonly Dictionary<RunKey, LeaseState> _leases = [];

    /// <summary>Called before a report counts; may wait, throw, or answer in its place.</summary>
    public Func<Report, CancellationToken, Task<ReportResult?>> Before { get; set; } = (_, _) => Task.FromResult<ReportResult?>(null);

    /// <summary>Called after a report counted and before the answer; may wait or throw.</summary>
    public Func<Report, CancellationToken, Task> After { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Answers claims when set.</summary>
    public Func<ClaimRequest, CancellationToken, Task<IReadOnlyList<ClaimResource>>>? OnClaim { get; set; }

    public Func<CancellationToken, IAsyncEnumerable<AbortSignal>>? OnSignals { get; set; }

    public Channel<AbortSignal> Signals { get; } = Channel.CreateUnbounded<AbortSignal>();

    public int SignalConnections { get; private set; }

    public IReadOnlyList<ClaimRequest> Claims => Locked(() => _claims.ToArray());

    public IReadOnlyList<Report> Reports => Locked(() => _reports.ToArray());

    public IReadOnlyList<Report> Terminals => [.. Reports.Where(report => report.IsTerminal)];

    public int Heartbeats => Reports.Count(report => report.IsHeartbeat);

    public void Queue(ClaimResource claim) => Assert.True(_queued.Writer.TryWrite(claim));

    public LeaseState Lease(ClaimResource claim) => Locked(() => LeaseOf(KeyOf(claim)));

    public void Lose(ClaimResource claim) => Locked(() => LeaseOf(KeyOf(claim)).Lost = true);

    public void Signal(ClaimResource claim, string reason = AbortReasons.User)
    {
        Lose(claim);
        Signals.Writer.TryWrite(new(claim.Run.SessionId, claim.Run.Id, claim.Lease.Epoch, reason));
    }

    public static RunKey KeyOf(ClaimResource claim) => new(claim.Run.SessionId, claim.Run.Id, claim.Lease.Epoch);

    public Task Until(Func<bool> condition) => Eventually.True(condition, ToString);

    public Task UntilEnded(ClaimResource claim) => Until(() => Lease(claim).Ending is not null);

    public async Task<IReadOnlyList<ClaimResource>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        Locked(() => _claims.Add(request));
        if (OnClaim is { } scripted)
            return await scripted(request, cancellationToken);

        var taken = new List<ClaimResource> { await _queued.Reader.ReadAsync(cancellationToken) };
        while (taken.Count < request.Max && _queued.Reader.TryRead(out var claim))
            taken.Add(claim);
        return taken;
    }

    public Task<ReportResult> OutputAsync(
        string sessionId, string runId, OutputRequest request, CancellationToken cancellationToken) =>
        ReportAsync(new(new(sessionId, runId, request.Epoch!.Value), request), lease =>
        {
            if (request.Batch <= lease.LastBatch)
                return;
            Assert.Equal(lease.LastBatch + 1, request.Batch);
            lease.LastBatch = request.Batch!.Value;
            lease.Items.AddRange(request.Items!.Select(item => item!));
        }, cancellationToken);

    public Task<ReportResult> HeartbeatAsync(
        string sessionId, string runId, HeartbeatRequest request, CancellationToken cancellationToken) =>
        ReportAsync(new(new(sessionId, runId, request.Epoch!.Value), request), _ => { }, cancellationToken);

    public Task<ReportResult> CompleteAsync(
        string sessionId, string runId, CompleteRequest request, CancellationToken cancellationToken) =>
        ReportAsync(new(new(sessionId, runId, request.Epoch!.Value), request), lease => lease.Ending = request, cancellationToken);

    public Task<ReportResult> FailAsync(
        string sessionId, string runId, FailRequest request, CancellationToken cancellationToken) =>
        ReportAsync(new(new(sessionId, runId, request.Epoch!.Value), request), lease => lease.Ending = request, cancellationToken);

    public async IAsyncEnumerable<AbortSignal> SignalsAsync(
        string workerId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Locked(() => SignalConnections++);
        await foreach (var signal in OnSignals?.Invoke(cancellationToken) ?? Signals.Reader.ReadAllAsync(cancellationToken))
            yield return signal;
    }

    public override string ToString() => string.Join('\n', Reports.Select(report =>
    {
        var json = JsonSerializer.Serialize(report.Request, report.Request.GetType());
        return $"{report.Run} {report.Request.GetType().Name} {json[..Math.Min(200, json.Length)]}";
    }));

    private async Task<ReportResult> ReportAsync(Report report, Action<LeaseState> apply, CancellationToken cancellationToken)
    {
        Locked(() => _reports.Add(report));
        if (await Before(report, cancellationToken) is { } scripted)
            return scripted;

        var result = Locked<ReportResult>(() =>
        {
            var lease = LeaseOf(report.Run);
            var repeated = lease.Ending is not null && report.IsTerminal && lease.Ending.GetType() == report.Request.GetType();
            if (lease.Lost || (lease.Ending is not null && !repeated))
                return new ReportResult.LeaseLost(RunStatuses.Aborted);
            if (!repeated)
                apply(lease);
            return new ReportResult.Accepted();
        });
        await After(report, cancellationToken);
        return result;
    }

    private LeaseState LeaseOf(RunKey key)
    {
        if (!_leases.TryGetValue(key, out var lease))
            _leases.Add(key, lease = new LeaseState());
        return lease;
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
            return read();
    }

    private void Locked(Action write)
    {
        lock (_lock)
            write();
    }
}
