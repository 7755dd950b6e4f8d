using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Output, or a heartbeat, that waits for its commit.</summary>
internal sealed class OutputRequest : WriteRequest<OutputResult>
{
    public OutputRequest(OutputWrite write)
        : base(write.Key)
    {
        Write = write;
        Rows = new LogRow[write.Events.Length];
        Bytes = 128;
        for (var at = 0; at < Rows.Length; at++)
        {
            Rows[at] = LogRow.Of(write.Events[at]);
            Bytes += 64 + (Rows[at].Text?.Length ?? 0) + (Rows[at].Data?.Length ?? 0);
        }
    }

    public OutputWrite Write { get; }

    /// <summary>Its log rows.</summary>
    public LogRow[] Rows { get; }

    public override long Bytes { get; }
}
