using System.Globalization;
using System.Net;
using System.Text;

namespace Sessions.Load;

/// <summary>Bare Kestrel: it is given the frames as the real server writes them, and passes them on.</summary>
internal sealed class ReferenceFanout(IPEndPoint address, FanoutSettings settings) : IFanoutTarget
{
    private readonly long[] _seqs = new long[settings.AllSessions];
    private HttpConnection[] _connections = [];

    public string PathOf(int session) => $"/events?session={settings.SessionName(session)}";

    public async Task PrepareAsync(CancellationToken cancellationToken) =>
        _connections = await HttpTarget.ConnectAsync(address, settings.AllSessions, cancellationToken);

    public ValueTask PublishAsync(int session, CancellationToken cancellationToken) =>
        PostAsync(session, "run.delta", DeltaText.Now(), cancellationToken);

    public ValueTask FinishAsync(int session, CancellationToken cancellationToken) =>
        PostAsync(session, "run.completed", RunTicket.Answer, cancellationToken);

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private async ValueTask PostAsync(int session, string type, string text, CancellationToken cancellationToken)
    {
        var seq = ++_seqs[session];
        var name = settings.SessionName(session);
        var frame = string.Create(
            CultureInfo.InvariantCulture,
            $"id: {seq}\nevent: {type}\ndata: {{\"seq\":{seq},\"type\":\"{type}\",\"sessionId\":\"{name}\",\"runId\":\"r{session}-0\",\"at\":\"2026-01-01T00:00:00.000000Z\",\"text\":\"{text}\"}}\n\n");
        (await _connections[session].PostAsync(PathOf(session), Encoding.UTF8.GetBytes(frame), cancellationToken)).Expect(200, "event");
    }
}
