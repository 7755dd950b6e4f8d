using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>
/// One session of every kind, made through the engine as any other: a database is filled with copies of them, so that every
/// row is one that the product wrote.
/// </summary>
internal static class SessionTemplates
{
    /// <summary>Which kind the n-th session is: most are idle after a run, one in a thousand is active.</summary>
    public const string KindOfN = """
        case
            when n % 2000 = 0 then 't-running' when n % 2000 = 1 then 't-queued' when n % 100 = 2 then 't-failed'
            when n % 100 = 3 then 't-deleted' when n % 20 = 4 then 't-empty' else 't-idle'
        end
        """;

    public static readonly TenantId Tenant = new("default");

    public static async Task CreateAsync(PostgresReplica replica, CancellationToken cancellationToken)
    {
        var (sessions, runs) = (replica.Engine.Sessions, replica.Engine.Runs);
        Expect(await sessions.CreateAsync(Key("t-empty"), null, "A conversation", ImmutableSortedDictionary<string, string>.Empty, cancellationToken));
        await StartAsync("t-deleted");
        Expect(await sessions.DeleteAsync(Key("t-deleted"), cancellationToken));
        var idle = await StartAsync("t-idle");
        Expect(await runs.CompleteAsync(idle.Key, idle.Run.Id, idle.Lease.Epoch, RunTicket.Answer, null, cancellationToken));
        var failed = await StartAsync("t-failed");
        Expect(await runs.FailAsync(
            failed.Key, failed.Run.Id, failed.Lease.Epoch, new RunError("tool_failed", "The tool did not answer."), FailPhase.Start, cancellationToken));
        await StartAsync("t-running");
        await SendAsync("t-queued");

        async Task SendAsync(string session) => Expect(await sessions.SendAsync(Key(session), new Sending(RunTicket.Text), cancellationToken));

        async Task<ClaimedRun> StartAsync(string session)
        {
            await SendAsync(session);
            var claim = new Claim(Tenant, new WorkerId("w0"), new HashSet<AgentName> { replica.Agent }, 1, TimeSpan.FromSeconds(10));
            return (await runs.ClaimAsync(claim, cancellationToken)).Single();
        }
    }

    private static SessionKey Key(string session) => new(Tenant, new SessionId(session));

    private static void Expect<T>(Result<T> result)
        where T : class
    {
        if (result.IsRefused)
            throw new InvalidDataException($"A template was refused: {result.Refusal.Message}");
    }
}
