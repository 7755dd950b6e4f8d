using System.Globalization;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>
/// A reader's place in a session's log; judges each frame by it, so that every event comes in order, once, and none
/// is left out (invariants 30, 33).
/// </summary>
/// <param name="sessionId">The session whose log it is.</param>
/// <param name="seq">The seq behind which reading begins.</param>
/// <param name="gapless">True when every event of the log is to come, false when a filter leaves some out.</param>
internal sealed class EventCursor(string sessionId, long seq, bool gapless)
{
    /// <summary>The seq of the last event delivered: the cursor to resume from.</summary>
    public long Seq { get; private set; } = seq;

    public EventStep Take(Frame frame) => (frame.Id, frame.Event) switch
    {
        (not null, _) => TakeEvent(frame),
        (null, EventTypes.Synchronized) => TakeSynchronized(frame),
        (null, EventTypes.End) => frame.Read(ProtocolJson.Default.EndResource) is { Reason: not null }
            ? new EventStep.End()
            : Malformed(frame),
        _ => new EventStep.Pass(),
    };

    private EventStep TakeEvent(Frame frame)
    {
        if (frame.Read(ProtocolJson.Default.EventResource) is not { } record
            || record.Seq.ToString(CultureInfo.InvariantCulture) != frame.Id
            || record.Type != frame.Event
            || record.SessionId != sessionId)
        {
            return Malformed(frame);
        }

        if (record.Seq <= Seq)
        {
            return new EventStep.Pass();
        }

        // A reset cuts the log before it, so a new generation may begin at any seq.
        if (gapless && record.Seq != Seq + 1 && record.Type != EventTypes.SessionReset)
        {
            return new EventStep.Break($"Seq {record.Seq} came after {Seq}.");
        }

        Seq = record.Seq;
        return new EventStep.Deliver(new EventItem(record));
    }

    private EventStep TakeSynchronized(Frame frame)
    {
        if (frame.Read(ProtocolJson.Default.SynchronizedResource) is not { LastSeq: { } lastSeq })
        {
            return Malformed(frame);
        }

        return gapless && lastSeq > Seq
            ? new EventStep.Break($"The backlog up to {lastSeq} ended at {Seq}.")
            : new EventStep.Deliver(new SynchronizedItem(lastSeq));
    }

    private EventStep.Break Malformed(Frame frame) => new($"Malformed frame {frame.Event} after seq {Seq}.");
}

/// <summary>What a frame means to a reader.</summary>
internal abstract record EventStep
{
    /// <summary>It is the next item.</summary>
    internal sealed record Deliver(StreamItem Item) : EventStep;

    /// <summary>It is nothing new.</summary>
    internal sealed record Pass : EventStep;

    /// <summary>The stream is over.</summary>
    internal sealed record End : EventStep;

    /// <summary>The stream can't be trusted from here on and has to be read again from the cursor.</summary>
    internal sealed record Break(string Why) : EventStep;
}
