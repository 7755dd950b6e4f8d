using Sessions.Core;

namespace Sessions.Testing;

/// <summary>Callers who were told what is not so.</summary>
internal static class DoctoredAnswers
{
    public static IReadOnlyList<Doctoring> All { get; } =
    [
        new("An accepted run is nowhere", 36, Of<Observation.Sent>(sent => sent with { Run = new RunId("nowhere") })),
        new("A key gives another run", 17, Of<Observation.Sent>(
            sent => sent with { Run = new RunId("other") }, sent => sent is { Key: not null, Run: not null })),
        new("A key takes another payload", 18, Of<Observation.Sent>(
            sent => sent with { Text = "something else" }, sent => sent is { Key: not null, Run: not null })),
        new("Refused output is in the log", 4, Changing<Observation.Said>(said => said with { Accepted = false }, said => said.Accepted == true)),
        new("Accepted output is not in the log", 30, Of<Observation.Said>(said => said with { Accepted = true, Text = "lost" })),
        new("A completed run was said to be aborted", 10, OfEnd(
            RunStatus.Completed, (key, run) => new Observation.Aborted(key, [run]))),
        new("A completed run was shown as failed", 8, OfEnd(
            RunStatus.Completed, (key, run) => new Observation.SawStatus(key, run, RunStatus.Failed, 0))),
        new("A late report was believed", 8, OfEnd(
            RunStatus.Aborted, (key, run) => new Observation.Reported(key, run, true, RunStatus.Completed))),
        new("A late report was told something else", 4, OfEnd(
            RunStatus.Aborted, (key, run) => new Observation.Reported(key, run, false, RunStatus.Completed))),
        new("A list shows an ended run as active", 1, Of<Observation.SawEnd>(
            end => new Observation.SawActive(end.Session, [end.Run], end.Moment + 1))),
        new("A get shows an ended run as running", 1, Of<Observation.SawEnd>(
            end => new Observation.SawStatus(end.Session, end.Run, RunStatus.Running, end.Moment + 1))),
        new("A lost race is shown", 20, Of<Observation.Sent>(sent => new Observation.Faulted($"{sent.Session} lost a race"))),
        new("A stream ends cleanly without an end", 33, Of<Observation.Sent>(_ => new Observation.EndedWithoutEnd("somebody's"))),
        new("A session runs without a live lease", 27, Of<Observation.SawEnd>(
            end => new Observation.SawDeadLease(end.Session, end.Run, TimeSpan.FromMinutes(1)))),
        new("A run waits for nothing", 24, Of<Observation.SawEnd>(
            end => new Observation.SawForgottenRun(end.Session, end.Run, TimeSpan.FromMinutes(1)))),
    ];

    /// <summary>Adds an observation made from a true one.</summary>
    private static Func<History, Dice, History?> Of<T>(Func<T, Observation> falsify, Func<T, bool>? fits = null)
        where T : Observation => (history, dice) =>
        {
            var all = history.Observations.OfType<T>().Where(one => fits?.Invoke(one) != false).ToArray();
            return all.Length == 0 ? null : history.With(more: falsify(dice.Choose(all)));
        };

    /// <summary>Puts a false one in the place of a true one.</summary>
    private static Func<History, Dice, History?> Changing<T>(Func<T, Observation> falsify, Func<T, bool> fits)
        where T : Observation => (history, dice) =>
        {
            var all = history.Observations.OfType<T>().Where(fits).ToArray();
            if (all.Length == 0)
                return null;

            var one = dice.Choose(all);
            return history.With(observation: other => ReferenceEquals(other, one) ? falsify(one) : other);
        };

    private static Func<History, Dice, History?> OfEnd(RunStatus status, Func<SessionKey, RunId, Observation> falsify) =>
        (history, dice) =>
        {
            var ends = history.Finals.SelectMany(final => final.Log.Select(record => record.Event).OfType<RunEnded>()
                .Where(end => end.Run.Status == status).Select(end => (final.Key, end.RunId))).ToArray();
            if (ends.Length == 0)
                return null;

            var (key, run) = dice.Choose(ends);
            return history.With(more: falsify(key, run));
        };
}
