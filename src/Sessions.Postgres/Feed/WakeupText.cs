using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>
/// Hints as the payloads of notifications, a line each: the session, how far its log has grown, whether it was decided
/// about, and the ready agent; then a line per worker signal. Ids hold no blanks, so blanks part them.
/// </summary>
internal static class WakeupText
{
    /// <summary>PostgreSQL takes less than 8,000 bytes. All is ASCII, so these are characters.</summary>
    internal const int MaxLength = 7_900;

    private const string Log = "l";
    private const string Decision = "d";
    private const string Signal = "s";
    private const string None = "-";

    /// <summary>The payloads for some hints, as few as hold them.</summary>
    public static IEnumerable<string> Write(Guid replica, IEnumerable<Wakeup> wakeups)
    {
        var payload = new StringBuilder(MaxLength);
        foreach (var line in wakeups.SelectMany(Lines))
        {
            if (payload.Length > 0 && payload.Length + line.Length + 1 > MaxLength)
            {
                yield return payload.ToString();
                payload.Clear();
            }

            if (payload.Length == 0)
                payload.Append(replica.ToString("n"));

            payload.Append('\n').Append(line);
        }

        if (payload.Length > 0)
            yield return payload.ToString();
    }

    /// <summary>The hints of a payload; none when it is the replica's own. What can't be read is left out.</summary>
    public static IReadOnlyList<Wakeup> Read(Guid replica, string payload)
    {
        var lines = payload.Split('\n');
        if (lines[0] == replica.ToString("n"))
            return [];

        var wakeups = new List<Wakeup>(lines.Length);
        foreach (var line in lines.AsSpan(1))
        {
            if (TryRead(line.Split(' '), out var wakeup))
                wakeups.Add(wakeup);
        }

        return wakeups;
    }

    private static IEnumerable<string> Lines(Wakeup wakeup)
    {
        var key = $"{wakeup.Key.Tenant} {wakeup.Key.Session} {wakeup.LastSeq.ToString(CultureInfo.InvariantCulture)}";
        foreach (var signal in wakeup.Signals)
        {
            // A reason is an error's code, and that may be an agent's own.
            var epoch = signal.Epoch.ToString(CultureInfo.InvariantCulture);
            yield return $"{Signal} {key} {signal.Worker} {signal.Run} {epoch} {Uri.EscapeDataString(signal.Reason)}";
        }

        // Last: who is lost is to be known before the next run is handed out.
        yield return $"{(wakeup.Decided ? Decision : Log)} {key} {wakeup.Ready?.Value ?? None}";
    }

    private static bool TryRead(string[] fields, [NotNullWhen(true)] out Wakeup? wakeup)
    {
        wakeup = null;
        if (fields.Length < 5 || !TryRead(fields[3], out var lastSeq))
            return false;

        var key = new SessionKey(new(fields[1]), new(fields[2]));
        if (fields is [Log or Decision, _, _, _, var ready])
        {
            wakeup = new(key, lastSeq, fields[0] == Decision, ready == None ? null : new AgentName(ready), []);
        }
        else if (fields is [Signal, _, _, _, var worker, var run, var epoch, var reason] && TryRead(epoch, out var number))
        {
            ImmutableArray<WorkerSignal> signals = [new(key, new(worker), new(run), number, Uri.UnescapeDataString(reason))];
            wakeup = new(key, lastSeq, false, null, signals);
        }

        return wakeup is not null;
    }

    private static bool TryRead(string field, out long number) =>
        long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
