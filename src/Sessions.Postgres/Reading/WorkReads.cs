using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>Finds what there is to do. All of it is hints: whoever gets one has to decide it under the fence.</summary>
internal sealed class WorkReads(ReadRetry database)
{
    private const int Page = 512;

    public async ValueTask<IReadOnlyList<SessionKey>> DueAsync(int max, CancellationToken cancellationToken)
    {
        var due = new List<SessionKey>();
        while (due.Count < max)
        {
            // Most of what is looked at may turn out to be extended; what is due may stand behind it.
            var asked = Math.Max(1, Math.Min(Page, max - due.Count));
            var looked = await database.ListAsync(
                "find_due",
                parameters => parameters.Number(asked),
                reader => (Key: new SessionKey(new(reader.GetString(0)), new(reader.GetString(1))), IsDue: reader.GetBoolean(2)),
                cancellationToken).ConfigureAwait(false);
            due.AddRange(looked.Where(session => session.IsDue).Select(session => session.Key));
            if (looked.Count < asked)
                break;
        }

        return due;
    }

    public async ValueTask<IReadOnlyList<SessionKey>> ReadyAsync(
        TenantId tenant, IReadOnlySet<AgentName> agents, int max, CancellationToken cancellationToken)
    {
        var ready = await database.ListAsync(
            "find_ready",
            parameters => parameters.Text(tenant.Value).Texts([.. agents.Select(agent => agent.Value)]).Number(max),
            reader => (Key: new SessionKey(tenant, new(reader.GetString(0))), At: reader.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken).ConfigureAwait(false);
        return ready.OrderBy(session => session.At).Select(session => session.Key).ToArray();
    }
}
