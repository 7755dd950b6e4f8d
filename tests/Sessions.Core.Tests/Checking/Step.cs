using System.Collections.Immutable;
using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Checking;

/// <summary>Output or a heartbeat as a worker sent it.</summary>
internal sealed record Write(RunId Run, long Epoch, long? Batch, IReadOnlyList<OutputEvent> Items);

/// <summary>One thing that was tried, and what came of it.</summary>
internal sealed record Step
{
    public required ModelStore Before { get; init; }

    public required ModelStore After { get; init; }

    /// <summary>The store's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    public Command? Command { get; init; }

    /// <summary>The final decision on <see cref="Command"/>; when accepted, it was committed.</summary>
    public Decision? Decision { get; init; }

    /// <summary>When that decision read the clock.</summary>
    public DateTimeOffset DecidedAt { get; init; }

    /// <summary>How often the fence sent the command back to be decided again.</summary>
    public int Conflicts { get; init; }

    public Write? Write { get; init; }

    public LeaseVerdict? Verdict { get; init; }

    public bool Changed => !ReferenceEquals(Before, After);

    public ImmutableArray<LogRecord> Records => Changed ? After.Written : [];

    public RefusalCode? Refused => (Decision as Decision.Refused)?.Refusal.Code;

    public Decision.Accepted? Accepted => Decision as Decision.Accepted;
}
