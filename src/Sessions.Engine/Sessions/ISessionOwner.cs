using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Carries out what changes a session: in this process, or wherever the session is owned. The doors ask it and publish
/// nothing themselves: who commits publishes.
/// </summary>
internal interface ISessionOwner
{
    /// <summary>Carries out a command.</summary>
    ValueTask<Answer> AskAsync(SessionKey key, Command command, CancellationToken cancellationToken);

    /// <summary>Starts the run that is ready for a worker, if there is one.</summary>
    ValueTask<Started> StartAsync(SessionKey key, StartRun start, CancellationToken cancellationToken);

    /// <summary>Appends output, or extends the lease when there is none.</summary>
    ValueTask<OutputResult> AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken);
}

/// <summary>What came of a command.</summary>
/// <param name="Outcome">How things stand; null when it was refused.</param>
/// <param name="Refusal">Why not; null when it was not refused.</param>
internal readonly record struct Answer(Outcome? Outcome, Refusal? Refusal);

/// <summary>What came of a start.</summary>
/// <param name="Claimed">The run, with its lease; null when the worker got none.</param>
/// <param name="IsRefused">True when nothing changed: another worker was faster, or nothing was ready.</param>
internal readonly record struct Started(ClaimedRun? Claimed, bool IsRefused);
