using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Whether this replica takes new work, and whether it still holds on to those who wait.</summary>
public sealed class ReplicaState : IDisposable
{
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _leaving = new();

    /// <summary>True once the replica is going down.</summary>
    public bool IsDraining => _draining.IsCancellationRequested;

    /// <summary>Cancelled once the replica takes no new work: claims that wait get none.</summary>
    internal CancellationToken Draining => _draining.Token;

    /// <summary>Cancelled once the replica lets go of all who wait for something to happen.</summary>
    internal CancellationToken Leaving => _leaving.Token;

    /// <summary>Takes no new work from now on.</summary>
    public void Drain() => _draining.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _draining.Dispose();
        _leaving.Dispose();
    }

    internal void Leave() => _leaving.Cancel();

    internal void RefuseWhenDraining()
    {
        if (IsDraining)
            throw ProblemException.Of(ProblemCodes.Draining, "This replica is going down; ask another one.");
    }
}
