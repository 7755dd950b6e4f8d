using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>The workers' door: reads go to the store, changes to the session's owner.</summary>
internal sealed class RunsDoor(
    ISessionStore store, ISessionOwner owner, WorkerDirectory workers, RunClaims claims, EngineOptions options)
    : IRuns
{
    /// <summary>How much of a transcript an agent gets, at most.</summary>
    private const int HistoryRuns = 200;
    private const int HistoryCharacters = 1024 * 1024;

    public async ValueTask<IReadOnlyList<ClaimedRun>> ClaimAsync(Claim claim, CancellationToken cancellationToken)
    {
        using var visit = workers.Claiming(claim.Tenant, claim.Worker, claim.Agents);
        return await claims.ClaimAsync(claim, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<Message>> ReadHistoryAsync(
        SessionKey key, Run run, CancellationToken cancellationToken)
    {
        // Newest first, each run's answer before its question; turned round at the end.
        var messages = new List<Message> { Message.Sent(run) };
        var characters = run.Input.Length;
        foreach (var earlier in await store.ListRunsAsync(key, run.QueuedSeq, HistoryRuns, cancellationToken).ConfigureAwait(false))
        {
            characters += earlier.Input.Length + (earlier.Output?.Length ?? 0);
            if (earlier.Generation != run.Generation || characters > HistoryCharacters)
                break;

            // What never started was never part of the conversation.
            if (earlier.Attempt == 0 || !earlier.IsTerminal)
                continue;

            if (Message.Answered(earlier) is { } answer)
                messages.Add(answer);

            messages.Add(Message.Sent(earlier));
        }

        messages.Reverse();
        return messages;
    }

    public async ValueTask<Result<HeldLease>> OutputAsync(
        SessionKey key, RunId run, long epoch, long? batch, ImmutableArray<OutputEvent> output, CancellationToken cancellationToken)
    {
        var write = new OutputWrite(key, run, epoch, batch, output, options.LeaseTtl);
        switch (await owner.AppendOutputAsync(write, cancellationToken).ConfigureAwait(false))
        {
            case OutputResult.Landed landed:
                return Held(landed.Lease);
            case OutputResult.Repeated repeated:
                return Held(repeated.Lease);
            case OutputResult.OutOfOrder disorder:
                return Result.Refused<HeldLease>(new(
                    RefusalCode.BatchOutOfOrder, $"Batch {batch} came before batch {disorder.Expected}; send them one at a time."));
            case OutputResult.Lost { Status: { } status }:
                return Result.Refused<HeldLease>(new(
                    RefusalCode.LeaseLost, $"The lease of run '{run}' is not this one any more.", status));
            case OutputResult.Lost:
                return Result.Refused<HeldLease>(new(
                    RefusalCode.RunNotFound, $"There is no run '{run}' in session '{key.Session}'."));
            default:
                throw new InvalidOperationException("The store's answer to output is of no known kind.");
        }
    }

    public ValueTask<Result<HeldLease>> HeartbeatAsync(
        SessionKey key, RunId run, long epoch, CancellationToken cancellationToken) =>
        OutputAsync(key, run, epoch, null, [], cancellationToken);

    public ValueTask<Result<Run>> CompleteAsync(
        SessionKey key, RunId run, long epoch, string? text, string? usage, CancellationToken cancellationToken) =>
        ReportAsync(key, new CompleteRun(run, epoch, text, usage), cancellationToken);

    public ValueTask<Result<Run>> FailAsync(
        SessionKey key, RunId run, long epoch, RunError error, FailPhase phase, CancellationToken cancellationToken) =>
        ReportAsync(key, new FailRun(run, epoch, error, phase), cancellationToken);

    public ValueTask<Result<Run>> ReturnAsync(SessionKey key, RunId run, long epoch, CancellationToken cancellationToken) =>
        ReportAsync(key, new ReturnRun(run, epoch), cancellationToken);

    public IWorkerSignals Listen(TenantId tenant, WorkerId worker) => workers.Listen(tenant, worker);

    private async ValueTask<Result<Run>> ReportAsync(SessionKey key, Command command, CancellationToken cancellationToken)
    {
        var answer = await owner.AskAsync(key, command, cancellationToken).ConfigureAwait(false);
        return answer.Refusal is { } refusal
            ? Result.Refused<Run>(refusal)
            : Result.Of<Run>(((ReportOutcome)answer.Outcome!).Run!);
    }

    private Result<HeldLease> Held(Lease lease) =>
        Result.Of<HeldLease>(new HeldLease(lease.Epoch, options.LeaseTtl, lease.ExpiresAt));
}
