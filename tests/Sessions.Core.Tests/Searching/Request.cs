namespace Sessions.Core.Tests.Searching;

/// <summary>Something that a client, a worker or the sweeper asks a replica for.</summary>
/// <param name="Name">For the trace.</param>
/// <param name="Id">Tells it from the others.</param>
/// <param name="Worker">The worker that asks, from 1; 0 when none does.</param>
/// <param name="Make">The command, given what the worker believes to hold.</param>
internal sealed record Request(string Name, int Id, int Worker, Func<Claim?, Command?> Make)
{
    /// <summary>A client asks once, and again when its replica crashed.</summary>
    public bool IsOnce => Worker == 0 && Id < 8;
}
