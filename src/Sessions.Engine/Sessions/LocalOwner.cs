using System.Runtime.CompilerServices;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>Carries everything out in this process: the store's fence keeps apart what other processes do.</summary>
internal sealed class LocalOwner(ISessionStore store, SessionHandler handler, Action<Commit> publish, EngineOptions options)
    : ISessionOwner
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Answer> AskAsync(SessionKey key, Command command, CancellationToken cancellationToken)
    {
        var handled = await handler.HandleAsync(key, command, cancellationToken).ConfigureAwait(false);
        return new Answer(handled.Outcome, handled.Refusal);
    }

    public async ValueTask<Started> StartAsync(SessionKey key, StartRun start, CancellationToken cancellationToken) =>
        StartedBy(await handler.HandleAsync(key, start, cancellationToken).ConfigureAwait(false), options.LeaseTtl);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<OutputResult> AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken)
    {
        var result = await store.AppendOutputAsync(write, cancellationToken).ConfigureAwait(false);
        if (result is OutputResult.Landed { Records: { Length: > 0 } records })
            publish(new Commit(write.Key, records));

        return result;
    }

    /// <summary>The run that a handled start gave, with its lease.</summary>
    internal static Started StartedBy(Handled handled, TimeSpan leaseTtl) => new(
        handled is { Outcome: StartOutcome { Run: { } run }, State: { Lease: not null } state }
            ? ClaimedRun.Of(state, run, leaseTtl)
            : null,
        handled.Refusal is not null);
}
