using System.Globalization;
using System.Net;
using System.Threading.Channels;

namespace Sessions.Load;

/// <summary>
/// The same requests to bare Kestrel: as many per run, with the same bodies, answered with bodies of the same size. Who
/// gets which run is settled in the load's own process.
/// </summary>
internal sealed class HttpReference : ILifecycleTarget, IDisposable
{
    private readonly Channel<RunTicket> _ready = Channel.CreateUnbounded<RunTicket>();
    private readonly HttpConnection[] _senders;
    private readonly HttpConnection[] _workers;
    private readonly byte[][] _claims;
    private readonly int _claimMax;
    private readonly string _send;
    private readonly string _complete;
    private readonly long _claimBytes;

    private HttpReference(HttpConnection[] senders, HttpConnection[] workers, int claimMax, HttpTarget measured)
    {
        _senders = senders;
        _workers = workers;
        _claimMax = claimMax;
        _claims = [.. workers.Select((_, worker) => HttpTarget.ClaimBody(worker, claimMax))];
        _send = Sized(measured.Sends.Bytes / measured.Sends.Answers);
        _complete = Sized(measured.Completions.Bytes / measured.Completions.Answers);
        _claimBytes = measured.Claims.Bytes / measured.Completions.Answers;
    }

    public static async Task<HttpReference> ConnectAsync(
        IPEndPoint address, LifecycleSettings settings, HttpTarget measured, CancellationToken cancellationToken) =>
        new(
            await HttpTarget.ConnectAsync(address, settings.Sessions, cancellationToken),
            await HttpTarget.ConnectAsync(address, settings.Workers, cancellationToken),
            settings.ClaimMax,
            measured);

    public async ValueTask SendAsync(RunTicket ticket, CancellationToken cancellationToken)
    {
        (await _senders[ticket.Slot].PostAsync(_send, HttpTarget.SendBody(ticket), cancellationToken)).Expect(200, "send");
        _ready.Writer.TryWrite(ticket with { Epoch = 1 });
    }

    public async ValueTask ClaimAsync(int worker, List<RunTicket> claimed, CancellationToken cancellationToken)
    {
        await _ready.Reader.WaitToReadAsync(cancellationToken);
        while (claimed.Count < _claimMax && _ready.Reader.TryRead(out var ticket))
            claimed.Add(ticket);

        if (claimed.Count > 0)
        {
            (await _workers[worker].PostAsync(Sized(_claimBytes * claimed.Count), _claims[worker], CancellationToken.None))
                .Expect(200, "claim");
        }
    }

    public async ValueTask CompleteAsync(int worker, RunTicket ticket, CancellationToken cancellationToken) =>
        (await _workers[worker].PostAsync(_complete, HttpTarget.CompleteBody(ticket), cancellationToken)).Expect(200, "complete");

    public void Dispose()
    {
        foreach (var connection in _senders.Concat(_workers))
            connection.Dispose();
    }

    private static string Sized(long bytes) => string.Create(CultureInfo.InvariantCulture, $"/sized?bytes={bytes}");
}
