using System.Collections.Immutable;
using System.Text;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>
/// What replicas tell each other of workers, as the payloads of notifications: a line for each worker's agent, and one for
/// a question. Ids hold no blanks, so blanks part them.
/// </summary>
internal static class WorkerText
{
    private const string Present = "w";
    private const string Question = "q";

    /// <summary>The payloads for some news, as few as hold them; none for null.</summary>
    public static IEnumerable<string> Write(Guid replica, WorkerNews? news)
    {
        if (news is null)
            yield break;

        var payload = new StringBuilder(replica.ToString("n"));
        var head = payload.Length;
        if (news.Asks)
            payload.Append($"\n{Question}");

        foreach (var (tenant, worker, agent) in news.Present)
        {
            var line = $"\n{Present} {tenant} {worker} {agent}";
            if (payload.Length + line.Length > WakeupText.MaxLength)
            {
                yield return payload.ToString();
                payload.Length = head;
            }

            payload.Append(line);
        }

        if (payload.Length > head)
            yield return payload.ToString();
    }

    /// <summary>The news of a payload; null when it is the replica's own, or holds none.</summary>
    public static WorkerNews? Read(Guid replica, string payload)
    {
        var lines = payload.Split('\n');
        if (lines[0] == replica.ToString("n"))
            return null;

        var present = ImmutableArray.CreateBuilder<WorkerPresence>();
        var asks = false;
        foreach (var line in lines.AsSpan(1))
        {
            if (line == Question)
                asks = true;
            else if (line.Split(' ') is [Present, var tenant, var worker, var agent])
                present.Add(new(new(tenant), new(worker), new(agent)));
        }

        return asks || present.Count > 0 ? new WorkerNews(present.DrainToImmutable(), asks) : null;
    }
}
