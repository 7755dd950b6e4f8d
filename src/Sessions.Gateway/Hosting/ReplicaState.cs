using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Whether this replica takes new work.</summary>
public sealed class ReplicaState
{
    private bool _draining;

    /// <summary>True once the replica is going down.</summary>
    public bool IsDraining => Volatile.Read(ref _draining);

    /// <summary>Takes no new work from now on.</summary>
    public void Drain() => Volatile.Write(ref _draining, true);

    internal void RefuseWhenDraining()
    {
        if (IsDraining)
            throw ProblemException.Of(ProblemCodes.Draining, "This replica is going down; ask another one.");
    }
}
