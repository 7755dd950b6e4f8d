namespace Sessions.Load;

/// <summary>
/// The references for decisions, one after another: single ones at 16 connections, in one round trip and statement by
/// statement, and batches on one and on two.
/// </summary>
internal sealed class CommitReference(ReferenceDatabase database, int postmaster, TimeSpan time)
{
    public const string Description = "one fenced update and one log insert per transaction and round trip, 16 connections";

    private const int Connections = 16;

    public async Task WarmAsync(TimeSpan warm, CancellationToken cancellationToken)
    {
        if (warm <= TimeSpan.Zero)
            return;

        await SingleCommits.RunAsync(database, Connections, stepwise: false, warm / 2, cancellationToken);
        await BatchedCommits.RunAsync(database, 2, warm / 2, cancellationToken);
    }

    public async Task<CommitRound> RunAsync(CancellationToken cancellationToken)
    {
        var (server, client) = (ServerCpu.Seconds(postmaster), Environment.CpuUsage.TotalTime);
        var single = await SingleCommits.RunAsync(database, Connections, stepwise: false, time, cancellationToken);
        var decisions = single.PerSecond * time.TotalSeconds;
        server = ServerCpu.Seconds(postmaster) - server;
        var spent = (Environment.CpuUsage.TotalTime - client).TotalSeconds;
        return new CommitRound(
            single,
            await SingleCommits.RunAsync(database, Connections, stepwise: true, time / 2, cancellationToken),
            await BatchedCommits.RunAsync(database, 1, time / 2, cancellationToken),
            await BatchedCommits.RunAsync(database, 2, time / 2, cancellationToken),
            server / decisions,
            spent / decisions);
    }
}

/// <summary>A round of the references.</summary>
/// <param name="Single">One decision a transaction, in one round trip.</param>
/// <param name="Stepwise">One decision a transaction, statement by statement.</param>
/// <param name="One">Batches on one connection.</param>
/// <param name="Two">Batches on two connections.</param>
/// <param name="ServerCpu">Seconds of the database's CPU time for a single decision.</param>
/// <param name="ClientCpu">Seconds of this process' CPU time for a single decision.</param>
internal sealed record CommitRound(
    ReferenceRound Single, ReferenceRound Stepwise, ReferenceRound One, ReferenceRound Two, double ServerCpu, double ClientCpu);
