using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Somebody who waits for a session.</summary>
internal sealed class LoadRequest(SessionKey key, string? idempotencyKey, RunId? run)
    : TaskCompletionSource<LoadedSession>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public SessionKey Key => key;

    public string? IdempotencyKey => idempotencyKey;

    public RunId? Run => run;
}
