using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Whether this replica takes new work, and whether it still holds on to its clients.</summary>
public sealed class ReplicaState : IDisposable
{
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _lettingGo = new();

    /// <summary>True once the replica is going down.</summary>
    public bool IsDraining => _draining.IsCancellationRequested;

    /// <summary>Cancelled once the replica is going down: claims that wait are over.</summary>
    internal CancellationToken Draining => _draining.Token;

    /// <summary>Cancelled once the replica lets go of its clients: requests that wait are answered, streams are reset.</summary>
    internal CancellationToken LettingGo => _lettingGo.Token;

    /// <summary>Takes no new work from now on.</summary>
    public void Drain() => _draining.Cancel();

    /// <summary>Resets every open stream, without a clean end, and each one that is opened from now on.</summary>
    public void LetGo() => _lettingGo.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _draining.Dispose();
        _lettingGo.Dispose();
    }

    internal void RefuseWhenDraining()
    {
        if (IsDraining)
            throw ProblemException.Of(ProblemCodes.Draining, "This replica is going down; ask another one.");
    }
}
