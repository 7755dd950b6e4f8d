namespace Sessions.Core.Tests.Model;

/// <summary>What can be broken in the model on purpose, to see that the checkers notice.</summary>
[Flags]
internal enum Fault
{
    None = 0,

    /// <summary>A write under any epoch is taken for one under the current lease.</summary>
    EpochFenceOff = 1 << 0,

    /// <summary>Idempotency keys are never found again.</summary>
    KeysForgotten = 1 << 1,

    /// <summary>The active run stays active after its terminal event.</summary>
    ActiveKeptAfterEnd = 1 << 2,

    /// <summary>A decision on an old state overwrites what was decided since.</summary>
    VersionFenceOff = 1 << 3,

    /// <summary>A decision that rests on a lease's silence is committed though the lease was extended.</summary>
    BeatsFenceOff = 1 << 4,

    /// <summary>A terminal event takes the text that was streamed when it was decided, not when it was committed.</summary>
    TextReadAtDecide = 1 << 5,

    /// <summary>Events are published before they are committed.</summary>
    PublishBeforeCommit = 1 << 6,

    /// <summary>Aborts of keys that have not arrived yet are not stored.</summary>
    PendingAbortsForgotten = 1 << 7,

    /// <summary>The row of a run that ends is not written with its terminal event.</summary>
    RunRowForgotten = 1 << 8,

    /// <summary>A requeued run goes to the end of the queue.</summary>
    RequeueAtTheEnd = 1 << 9,

    /// <summary>The sweeper never comes.</summary>
    NoSweeper = 1 << 10,
}
