using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>An idempotency key that a decision gives a meaning: <c>sessions.batch_key</c>.</summary>
internal sealed class KeyRow
{
    public required int Slot { get; init; }

    public required string Key { get; init; }

    public string? Run { get; init; }

    public string? Fingerprint { get; init; }

    public short? AbortReason { get; init; }

    public static void AddTo(List<KeyRow> rows, int slot, DecisionRequest request)
    {
        foreach (var entry in request.Keys)
        {
            var run = entry as KeyOfRun;
            rows.Add(new KeyRow
            {
                Slot = slot,
                Key = StoredText.Of(entry.Key),
                Run = run?.Run.Value,
                Fingerprint = StoredText.Of(run?.Fingerprint),
                AbortReason = (short?)(entry as PendingAbort)?.Reason,
            });
        }
    }
}
