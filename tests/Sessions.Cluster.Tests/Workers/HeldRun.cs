using Sessions.Core;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>A run that a worker claimed: its reports, each made until it is answered, and what the answers were.</summary>
internal sealed class HeldRun(Scene scene, Caller caller, ClaimResource claim)
{
    private readonly SessionKey _session = Scene.KeyOf(claim.Run.SessionId);
    private readonly RunId _run = new(claim.Run.Id);
    private readonly long _epoch = claim.Lease.Epoch;
    private long _batch;

    /// <summary>Appends a text that nobody else says.</summary>
    /// <returns>False when the lease is lost.</returns>
    public async Task<bool> SayAsync(string text)
    {
        var request = new OutputRequest { Epoch = _epoch, Batch = ++_batch, Items = [new() { Type = OutputTypes.Delta, Text = text }] };
        var answer = await ReportAsync("output", Caller.Json(request, ProtocolJson.Default.OutputRequest));

        // An attempt that was not answered may have landed before the lease was lost.
        scene.History.Add(new Observation.Said(
            _session, _run, text, answer switch { { Status: 200 } => true, { Unanswered: 0 } => false, _ => null }));
        return answer is { Status: 200 };
    }

    /// <summary>Extends the lease.</summary>
    /// <returns>False when it is lost.</returns>
    public async Task<bool> BeatAsync() => await ReportAsync(
        "heartbeat", Caller.Json(new HeartbeatRequest { Epoch = _epoch }, ProtocolJson.Default.HeartbeatRequest)) is { Status: 200 };

    public async Task CompleteAsync() => Told(await ReportAsync(
        "complete", Caller.Json(new CompleteRequest { Epoch = _epoch }, ProtocolJson.Default.CompleteRequest)));

    public async Task FailAsync(string code)
    {
        var request = new FailRequest { Epoch = _epoch, Code = code, Message = "message", Phase = FailPhases.Run };
        Told(await ReportAsync("fail", Caller.Json(request, ProtocolJson.Default.FailRequest)));
    }

    private async Task<Answer?> ReportAsync(string report, byte[] body)
    {
        var answer = await caller.AskAsync(HttpMethod.Post, Scene.PathOf(_session, $"/runs/{_run}/{report}"), body, default);
        if (answer is not (null or { Status: 200 } or { Code: ProblemCodes.LeaseLost }))
            scene.History.Add(new Observation.Faulted($"{report} of run {_run} of {_session} (epoch {_epoch}) was answered {answer}"));

        return answer;
    }

    private void Told(Answer? answer)
    {
        if (answer is null)
            return;

        var status = answer.Status == 200 ? answer.Read(ProtocolJson.Default.RunResource).Status : answer.Problem?.RunStatus;
        scene.History.Add(new Observation.Reported(
            _session, _run, answer.Status == 200, status is null ? null : Scene.StatusOf(status)));
        if (status is not null && RunStatuses.IsTerminal(status))
            scene.SawEnd(_session, _run);
    }
}
