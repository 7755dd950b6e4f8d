using System.Diagnostics;
using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// The reference for durable decisions: as many callers as the engine has sessions with a run, each with a grain of its own,
/// half of them through each silo.
/// </summary>
internal static class StateWrites
{
    public static async Task<ReferenceRound> RunAsync(SiloPair silos, string name, int callers, TimeSpan time, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        var from = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => WriteAsync(caller), cancellationToken)));
        return new ReferenceRound(done.Sum() / Stopwatch.GetElapsedTime(from).TotalSeconds, latencies.Summarize());

        async Task<long> WriteAsync(int caller)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{name}-{caller}");
            var grain = silos.Grains[caller % silos.Grains.Count].GetGrain<IStateGrain>(key);
            var written = 0L;
            while (Stopwatch.GetElapsedTime(from) < time)
            {
                var sent = Stopwatch.GetTimestamp();
                var version = await grain.KeepAsync(RunTicket.Text).WaitAsync(cancellationToken);
                latencies.Since(sent);
                if (version != ++written)
                    throw new InvalidDataException($"reference: write {written} of grain {key} made version {version}.");
            }

            return written;
        }
    }
}
