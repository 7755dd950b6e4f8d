using System.Globalization;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>Pages through lists: every active session comes once, and nothing twice or out of order.</summary>
internal static class ListAudit
{
    private const int PageSize = 50;
    private const int Pages = 40;

    /// <summary>What is asked for.</summary>
    public static SessionQuery Query(bool? active, string? cursor = null) =>
        new(SessionTemplates.Tenant, null, active, null, PageSize, cursor);

    public static async Task<IReadOnlyList<string>> RunAsync(ISessionStore store, int active, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var seen = await PageAsync(true, int.MaxValue);
        if (seen != active)
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{seen} active sessions were listed, there are {active}"));

        await PageAsync(null, Pages);
        return faults;

        async Task<int> PageAsync(bool? isActive, int most)
        {
            var ids = new HashSet<string>(StringComparer.Ordinal);
            string? cursor = null;
            DateTimeOffset? last = null;
            for (var page = 0; page < most; page++)
            {
                var list = await store.ListSessionsAsync(Query(isActive, cursor), cancellationToken)
                    ?? throw new InvalidDataException("The store does not know its own cursor.");
                foreach (var session in list.Items)
                {
                    if (!ids.Add(session.Key.Session.Value))
                        faults.Add($"session {session.Key.Session} was listed twice");

                    if (session.UpdatedAt > last)
                        faults.Add($"session {session.Key.Session} was listed behind one that changed before it");

                    if (isActive == true && !session.HasActiveRun)
                        faults.Add($"session {session.Key.Session} was listed as active");

                    last = session.UpdatedAt;
                }

                if ((cursor = list.Next) is null)
                    break;
            }

            return ids.Count;
        }
    }
}
