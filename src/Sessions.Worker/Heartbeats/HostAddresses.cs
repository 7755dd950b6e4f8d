using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sessions.Worker;

/// <summary>
/// The addresses of hosts, asked for on the calling thread and kept for a while: the heartbeats of many runs do not ask one
/// after the other, and what was known stays good while nobody answers.
/// </summary>
internal sealed class HostAddresses(TimeProvider timeProvider)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (IPAddress[] Addresses, long At)> _known = new();

    /// <summary>At least one.</summary>
    /// <exception cref="SocketException">The name has none, and had none before.</exception>
    public IReadOnlyList<IPAddress> Of(string host)
    {
        if (IPAddress.TryParse(host, out var address))
            return [address];
        if (_known.TryGetValue(host, out var known) && timeProvider.GetElapsedTime(known.At) < Fresh)
            return known.Addresses;

        try
        {
            var found = Dns.GetHostAddresses(host);
            _known[host] = (found, timeProvider.GetTimestamp());
            return found;
        }
        catch (SocketException) when (known.Addresses is not null)
        {
            return known.Addresses;
        }
    }
}
