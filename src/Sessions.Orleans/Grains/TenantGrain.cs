using Orleans.Concurrency;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>Lists a tenant's sessions, on any silo: the store says.</summary>
[StatelessWorker]
internal sealed class TenantGrain(OrleansEngine engine) : Grain, ITenantGrain
{
    public async Task<SessionPage?> ListAsync(ListRequest request)
    {
        var query = new SessionQuery(
            new TenantId(this.GetPrimaryKeyString()), request.Status, request.Active, request.Agent, request.Limit, request.Cursor);
        var page = await Unavailable.TranslateAsync(engine.Store.ListSessionsAsync(query, CancellationToken.None));
        return page is null ? null : new SessionPage([.. page.Items], page.Next);
    }
}
