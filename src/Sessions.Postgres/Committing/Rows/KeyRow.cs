using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>An idempotency key that a decision gives a meaning: <c>sessions.batch_key</c>.</summary>
internal static class KeyRow
{
    public static void Add(RowBuffer rows, int slot, DecisionRequest request)
    {
        foreach (var entry in request.Keys)
        {
            var run = entry as KeyOfRun;
            rows.Begin()
                .Integer(slot)
                .Text(StoredText.Of(entry.Key))
                .Text(run?.Run.Value)
                .Text(StoredText.Of(run?.Fingerprint))
                .SmallInt((short?)(entry as PendingAbort)?.Reason)
                .End();
        }
    }
}
