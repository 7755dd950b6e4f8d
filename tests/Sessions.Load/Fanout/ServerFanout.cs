using System.Globalization;
using System.Net;
using System.Text;

namespace Sessions.Load;

/// <summary>The real server: a run in each session, its worker appending deltas over the worker API.</summary>
internal sealed class ServerFanout(IPEndPoint address, FanoutSettings settings) : IFanoutTarget
{
    private readonly RunTicket[] _runs = new RunTicket[settings.AllSessions];
    private readonly long[] _batches = new long[settings.AllSessions];
    private HttpConnection[] _connections = [];

    public string PathOf(int session) => $"/v1/sessions/{settings.SessionName(session)}/events?after=0";

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _connections = await HttpTarget.ConnectAsync(address, settings.AllSessions, cancellationToken);
        for (var session = 0; session < settings.AllSessions; session++)
        {
            var ticket = RunTicket.Create(session, settings.SessionName(session), 0);
            var path = $"/v1/sessions/{ticket.Session}/messages";
            (await _connections[session].PostAsync(path, HttpTarget.SendBody(ticket), cancellationToken)).Expect(202, "send");
        }

        var claimed = new List<RunTicket>();
        while (claimed.Count < settings.AllSessions)
        {
            var answer = await _connections[0].PostAsync("/v1/workers/claims", HttpTarget.ClaimBody(0, 100), cancellationToken);
            ClaimScan.Read(answer.Expect(200, "claim").Body.Span, claimed);
        }

        foreach (var ticket in claimed)
            _runs[ticket.Slot] = ticket;
    }

    public async ValueTask PublishAsync(int session, CancellationToken cancellationToken)
    {
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"epoch":{{_runs[session].Epoch}},"batch":{{++_batches[session]}},"items":[{"type":"delta","text":"{{DeltaText.Now()}}"}]}""");
        await PostAsync(session, "output", body, cancellationToken);
    }

    public ValueTask FinishAsync(int session, CancellationToken cancellationToken) =>
        PostAsync(session, "complete", Encoding.UTF8.GetString(HttpTarget.CompleteBody(_runs[session])), cancellationToken);

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private async ValueTask PostAsync(int session, string report, string body, CancellationToken cancellationToken)
    {
        var ticket = _runs[session];
        var path = $"/v1/sessions/{ticket.Session}/runs/{ticket.Run}/{report}";
        (await _connections[session].PostAsync(path, Encoding.UTF8.GetBytes(body), cancellationToken)).Expect(200, report);
    }
}
