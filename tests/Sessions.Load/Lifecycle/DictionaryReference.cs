using System.Collections.Concurrent;
using System.Diagnostics;
using Sessions.Core;

namespace Sessions.Load;

/// <summary>
/// What the same number of updates costs when nothing is decided, kept or told: three a run, of a session's state in a
/// bare <see cref="ConcurrentDictionary{TKey, TValue}"/>, by as many threads as there are cores.
/// </summary>
internal static class DictionaryReference
{
    private const int UpdatesPerRun = 3;

    public static TimeSpan Run(int sessions, int runs)
    {
        var states = new ConcurrentDictionary<string, SessionState>(StringComparer.Ordinal);
        var keys = Enumerable.Range(0, sessions).Select(session => $"s{session}").ToArray();
        var tenant = new TenantId("default");
        foreach (var key in keys)
            states[key] = SessionState.None(new SessionKey(tenant, new SessionId(key)));

        var from = Stopwatch.GetTimestamp();
        Parallel.For(0, Environment.ProcessorCount, thread =>
        {
            for (var run = thread; run < runs; run += Environment.ProcessorCount)
            {
                var key = keys[run % keys.Length];
                for (var update = 0; update < UpdatesPerRun; update++)
                    states.AddOrUpdate(key, static _ => throw new UnreachableException(), static (_, state) => state with { Version = state.Version + 1 });
            }
        });
        return Stopwatch.GetElapsedTime(from);
    }
}
