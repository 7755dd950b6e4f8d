namespace Sessions.Core;

/// <summary>
/// A record of a session's log. Keeps invariants 6 and 37: seqs are gapless and unique per session, order comes from
/// them alone, and folding the records gives the state.
/// </summary>
/// <param name="Seq">Its place in the log, from 1.</param>
/// <param name="Version">The version that it belongs to: of its own decision, or the one that output found.</param>
/// <param name="At">When it was committed, by the store's clock.</param>
/// <param name="Event">What happened.</param>
public sealed record LogRecord(long Seq, long Version, DateTimeOffset At, SessionEvent Event);
