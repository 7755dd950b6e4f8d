using System.Globalization;
using System.Net;
using System.Text;

namespace Sessions.Load;

/// <summary>The server over HTTP: a connection for each sender and each worker. Counts what goes over the wire.</summary>
internal sealed class HttpTarget : ILifecycleTarget, IDisposable
{
    private readonly HttpConnection[] _senders;
    private readonly HttpConnection[] _workers;
    private readonly byte[][] _claims;
    private readonly IPEndPoint _address;

    private HttpTarget(IPEndPoint address, HttpConnection[] senders, HttpConnection[] workers, int claimMax)
    {
        _address = address;
        _senders = senders;
        _workers = workers;
        _claims = [.. workers.Select((_, worker) => ClaimBody(worker, claimMax))];
    }

    public WireCount Sends { get; } = new();

    /// <summary>Claims that gave runs; the count is of requests, the bytes are of runs.</summary>
    public WireCount Claims { get; } = new();

    public WireCount Completions { get; } = new();

    public static async Task<HttpTarget> ConnectAsync(
        IPEndPoint address, LifecycleSettings settings, CancellationToken cancellationToken) =>
        new(
            address,
            await ConnectAsync(address, settings.Sessions, cancellationToken),
            await ConnectAsync(address, settings.Workers, cancellationToken),
            settings.ClaimMax);

    public static byte[] ClaimBody(int worker, int max) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"workerId":"w{{worker}}","agents":["{{ServeCommand.Agent}}"],"max":{{max}},"waitSeconds":1}"""));

    public static byte[] SendBody(RunTicket ticket) =>
        Encoding.UTF8.GetBytes($$"""{"text":"{{RunTicket.Text}}","runId":"{{ticket.Run}}"}""");

    public static byte[] CompleteBody(RunTicket ticket) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $$"""{"epoch":{{ticket.Epoch}},"text":"{{RunTicket.Answer}}"}"""));

    public static async Task<HttpConnection[]> ConnectAsync(IPEndPoint address, int count, CancellationToken cancellationToken)
    {
        var connections = new HttpConnection[count];
        for (var at = 0; at < count; at++)
            connections[at] = await HttpConnection.ConnectAsync(address, cancellationToken);

        return connections;
    }

    public async ValueTask SendAsync(RunTicket ticket, CancellationToken cancellationToken)
    {
        var answer = await _senders[ticket.Slot].PostAsync(
            $"/v1/sessions/{ticket.Session}/messages", SendBody(ticket), cancellationToken);
        Sends.Add(answer.Expect(202, "send").Body.Length);
    }

    public async ValueTask ClaimAsync(int worker, List<RunTicket> claimed, CancellationToken cancellationToken)
    {
        // Not cut off halfway: the connection is needed again.
        cancellationToken.ThrowIfCancellationRequested();
        var answer = await _workers[worker].PostAsync("/v1/workers/claims", _claims[worker], CancellationToken.None);
        if (answer.Status == 204)
            return;

        ClaimScan.Read(answer.Expect(200, "claim").Body.Span, claimed);
        Claims.Add(answer.Body.Length);
    }

    public async ValueTask CompleteAsync(int worker, RunTicket ticket, CancellationToken cancellationToken)
    {
        var answer = await _workers[worker].PostAsync(
            $"/v1/sessions/{ticket.Session}/runs/{ticket.Run}/complete", CompleteBody(ticket), cancellationToken);
        Completions.Add(answer.Expect(200, "complete").Body.Length);
    }

    /// <summary>A session's log, as a subscriber sees it.</summary>
    public Task ReadLogAsync(string session, SessionAudit audit, CancellationToken cancellationToken) =>
        SessionLog.AuditAsync(_address, session, audit, RunEnd.Completed, cancellationToken);

    public void Dispose()
    {
        foreach (var connection in _senders.Concat(_workers))
            connection.Dispose();
    }
}
