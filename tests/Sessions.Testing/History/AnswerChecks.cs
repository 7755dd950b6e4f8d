using Sessions.Core;

namespace Sessions.Testing;

/// <summary>What callers were told of a session must agree with its log.</summary>
internal static class AnswerChecks
{
    public static IEnumerable<Violation> Check(Final final, IReadOnlyCollection<Observation> observations)
    {
        var key = final.Key;
        var ends = final.Log.Select(record => record.Event).OfType<RunEnded>()
            .GroupBy(end => end.RunId).ToDictionary(end => end.Key, end => end.First().Run.Status);
        return CheckSends(key, [.. observations.OfType<Observation.Sent>().Where(sent => sent.Session == key)], final)
            .Concat(CheckOutput(final, observations.OfType<Observation.Said>().Where(said => said.Session == key)))
            .Concat(CheckReports(key, observations.OfType<Observation.Reported>().Where(report => report.Session == key), ends))
            .Concat(CheckStatuses(key, observations.OfType<Observation.SawStatus>().Where(saw => saw.Session == key), ends))
            .Concat(observations.OfType<Observation.Aborted>().Where(abort => abort.Session == key)
                .SelectMany(abort => abort.Runs)
                .Where(run => ends.GetValueOrDefault(run) != RunStatus.Aborted)
                .Select(run => new Violation(10, $"Run {run} of {key} was said to be aborted, but ended {Ended(ends, run)}.")));
    }

    private static IEnumerable<Violation> CheckSends(SessionKey key, IReadOnlyList<Observation.Sent> sends, Final final)
    {
        var accepted = final.Log.Select(record => record.Event).OfType<RunQueued>().Select(queued => queued.RunId).ToHashSet();
        foreach (var sent in sends)
        {
            if (sent.Run is { } run && !accepted.Contains(run))
                yield return new(36, $"Run {run} of {key} was accepted, but is not in the log.");
        }

        foreach (var same in sends.Where(sent => sent.Key is not null && sent.Run is not null).GroupBy(sent => sent.Key))
        {
            if (same.Select(sent => sent.Run).Distinct().Count() > 1)
                yield return new(17, $"Senders with key {same.Key} of {key} were given {Text.Of(same.Select(sent => sent.Run).Distinct())}.");

            if (same.Count(sent => !sent.Deduplicated) > 1)
                yield return new(17, $"Two senders with key {same.Key} of {key} were told that theirs was the first.");

            if (same.Select(sent => sent.Text).Distinct().Count() > 1)
                yield return new(18, $"Key {same.Key} of {key} was accepted with different payloads.");
        }
    }

    private static IEnumerable<Violation> CheckOutput(Final final, IEnumerable<Observation.Said> said)
    {
        var logged = final.Log.Select(record => record.Event).OfType<RunDelta>()
            .GroupBy(delta => (delta.RunId, delta.Text)).ToDictionary(delta => delta.Key, delta => delta.Count());
        foreach (var output in said)
        {
            var times = logged.GetValueOrDefault((output.Run, output.Text));
            if (output.Accepted switch { true => times == 1, false => times == 0, null => times <= 1 })
                continue;

            yield return new(
                output.Accepted == false ? 4 : 30,
                $"'{output.Text}' of run {output.Run} of {final.Key} was {Told(output.Accepted)} and is in the log {times} times.");
        }
    }

    private static IEnumerable<Violation> CheckReports(
        SessionKey key, IEnumerable<Observation.Reported> reports, Dictionary<RunId, RunStatus> ends)
    {
        foreach (var report in reports)
        {
            var isTerminal = report.Status is RunStatus.Completed or RunStatus.Failed or RunStatus.Aborted;
            if (isTerminal && ends.GetValueOrDefault(report.Run) != report.Status)
                yield return new(report.Accepted ? 8 : 4, $"A worker was told that run {report.Run} of {key} is {report.Status}; it ended {Ended(ends, report.Run)}.");
        }
    }

    private static IEnumerable<Violation> CheckStatuses(
        SessionKey key, IEnumerable<Observation.SawStatus> seen, Dictionary<RunId, RunStatus> ends) => seen
        .Where(saw => saw.Status is RunStatus.Completed or RunStatus.Failed or RunStatus.Aborted)
        .Where(saw => ends.GetValueOrDefault(saw.Run) != saw.Status)
        .Select(saw => new Violation(8, $"Run {saw.Run} of {key} was shown as {saw.Status}; it ended {Ended(ends, saw.Run)}."));

    private static string Told(bool? accepted) => accepted switch { true => "accepted", false => "refused", null => "left unanswered" };

    private static string Ended(Dictionary<RunId, RunStatus> ends, RunId run) =>
        ends.TryGetValue(run, out var status) ? $"{status}" : "never";
}
