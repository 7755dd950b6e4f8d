using Sessions.Core;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>
/// A worker over HTTP that claims through one replica and reports through others, and now and then turns its back on a run,
/// or comes back to one when it no longer should.
/// </summary>
internal sealed class RemoteWorker(Scene scene, string name, Dice dice) : IDisposable
{
    private readonly Caller _caller = new(scene.Cluster, scene.History, name, dice);
    private readonly List<Task> _working = [];
    private int _said;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromSeconds(2);
        var request = new ClaimRequest { WorkerId = name, Agents = ["remote"], Max = 2, WaitSeconds = wait.TotalSeconds };
        var body = Caller.Json(request, ProtocolJson.Default.ClaimRequest);
        while (!cancellationToken.IsCancellationRequested)
        {
            // A claim whose answer is lost is left to its lease.
            var answer = await _caller.TryAsync(HttpMethod.Post, "/v1/workers/claims", body, wait, default);
            if (answer is { Status: 200 })
                _working.AddRange(answer.Read(ProtocolJson.Default.ClaimResponse).Claims.Select(claim => Task.Run(() => GuardedAsync(claim))));
            else if (answer is not (null or { Status: 204 }))
                Faulted($"a claim was answered {answer}");

            await Task.Delay(TimeSpan.FromMilliseconds(20 + dice.Below(100)), CancellationToken.None);
        }

        await Task.WhenAll(_working);
    }

    public void Dispose() => _caller.Dispose();

    private async Task GuardedAsync(ClaimResource claim)
    {
        try
        {
            await WorkAsync(new(scene, _caller, claim), claim);
        }
        catch (Exception fault)
        {
            Faulted($"run {claim.Run.Id} of {claim.Run.SessionId}: {fault}");
        }
    }

    private async Task WorkAsync(HeldRun run, ClaimResource claim)
    {
        for (var pieces = dice.Below(8); pieces > 0; pieces--)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50 + dice.Below(400)));
            if (!(dice.Once(6) ? await run.BeatAsync() : await run.SayAsync(NextText())))
                return;
        }

        switch (dice.Below(8))
        {
            case 0:
                await LeaveAsync(run, claim);
                break;
            case 1:
                await run.FailAsync("boom");
                break;
            case 2:
                await run.FailAsync(RunErrorCodes.WorkerExited);
                break;
            default:
                await run.CompleteAsync();
                break;
        }
    }

    /// <summary>Says nothing for longer than the lease, then says what no longer counts.</summary>
    private async Task LeaveAsync(HeldRun run, ClaimResource claim)
    {
        scene.History.Add(new Observation.RunAbandoned(
            Scene.KeyOf(claim.Run.SessionId), new RunId(claim.Run.Id), claim.Lease.Epoch, DateTimeOffset.UtcNow));
        await Task.Delay(Times.BeyondLease);
        if (await run.SayAsync(NextText()) || dice.Once(2))
            await run.CompleteAsync();
    }

    private string NextText() => $"{name}.{Interlocked.Increment(ref _said)} ";

    private void Faulted(string what) => scene.History.Add(new Observation.Faulted($"{name}: {what}"));
}
