using Sessions.Core;

namespace Sessions.Testing;

/// <summary>How much happened in a history: one in which nothing goes wrong proves nothing.</summary>
/// <param name="Sent">Sends that were accepted.</param>
/// <param name="Deduplicated">Of those, repetitions.</param>
/// <param name="Said">Pieces of output that were accepted.</param>
/// <param name="Late">Output and reports that were refused.</param>
/// <param name="Lost">Runs that failed for want of their worker.</param>
/// <param name="Requeued">Runs that were queued again.</param>
/// <param name="Aborted">Runs that were aborted.</param>
/// <param name="Looks">Looks that showed an active session.</param>
/// <param name="Records">Log records.</param>
public sealed record HistoryCounts(
    int Sent, int Deduplicated, int Said, int Late, int Lost, int Requeued, int Aborted, int Looks, int Records)
{
    public static HistoryCounts Of(History history)
    {
        var events = history.Finals.SelectMany(final => final.Log).Select(record => record.Event).ToArray();
        var sent = history.Observations.OfType<Observation.Sent>().ToArray();
        var said = history.Observations.OfType<Observation.Said>().ToArray();
        return new(
            sent.Length,
            sent.Count(one => one.Deduplicated),
            said.Count(one => one.Accepted == true),
            said.Count(one => one.Accepted == false) + history.Observations.OfType<Observation.Reported>().Count(one => !one.Accepted),
            events.OfType<RunFailed>().Count(failed => failed.Run.Error?.Code == RunErrorCode.WorkerLost),
            events.OfType<RunRequeued>().Count(),
            events.OfType<RunAborted>().Count(),
            history.Observations.OfType<Observation.SawActive>().Count(),
            events.Length);
    }
}
