using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>
/// A worker that writes through random replicas, and now and then dies, stalls, or reports when it no longer should.
/// </summary>
internal sealed class RandomWorker(EngineCluster cluster, TenantId tenant, string name, History history, Dice dice)
{
    private readonly List<ClaimedRun> _left = [];
    private int _said;

    private IRuns Any => dice.Choose(cluster.Replicas).Runs;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var claim = new Claim(tenant, new WorkerId(name), Commands.Agents.Names, 2, TimeSpan.FromMinutes(1));
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                foreach (var claimed in await Any.ClaimAsync(claim, cancellationToken))
                    await WorkAsync(claimed);

                foreach (var left in _left.ToArray())
                    await SayLateAsync(left);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                history.Add(new Observation.Faulted($"Worker {name}: {fault}"));
            }
        }
    }

    private async Task WorkAsync(ClaimedRun claimed)
    {
        for (var pieces = dice.Below(6); pieces > 0; pieces--)
        {
            if (!await SayAsync(claimed))
                return;
        }

        switch (dice.Below(7))
        {
            case 0:
                // Dies. What it held it may come back to.
                _left.Add(claimed);
                break;
            case 1:
                await ReportAsync(claimed, runs => runs.FailAsync(
                    claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, new("boom", "message"), FailPhase.Run, default));
                break;
            case 2:
                await ReportAsync(claimed, runs => runs.FailAsync(
                    claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, new(RunErrorCode.WorkerExited, "message"), FailPhase.Run, default));
                break;
            default:
                await CompleteAsync(claimed);
                break;
        }
    }

    private async Task SayLateAsync(ClaimedRun claimed)
    {
        if (!dice.Once(20))
            return;

        _left.Remove(claimed);
        if (await SayAsync(claimed) || dice.Once(2))
            await CompleteAsync(claimed);
    }

    private async Task<bool> SayAsync(ClaimedRun claimed)
    {
        var text = $"{name}.{++_said} ";
        var said = await Any.OutputAsync(
            claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, null, [new RunDelta(claimed.Run.Id, text)], default);
        history.Add(new Observation.Said(claimed.Key, claimed.Run.Id, text, !said.IsRefused));
        return !said.IsRefused;
    }

    private Task CompleteAsync(ClaimedRun claimed) => ReportAsync(claimed, runs => runs.CompleteAsync(
        claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, null, null, default));

    private async Task ReportAsync(ClaimedRun claimed, Func<IRuns, ValueTask<Result<Run>>> report)
    {
        var told = await report(Any);
        history.Add(new Observation.Reported(
            claimed.Key, claimed.Run.Id, !told.IsRefused, told.IsRefused ? told.Refusal.RunStatus : told.Value!.Status));
    }
}
