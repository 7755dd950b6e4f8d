namespace Sessions.Testing;

/// <summary>Tries the checker on falsified copies of a history that is right.</summary>
public static class Doctored
{
    /// <summary>What the checker did not report.</summary>
    /// <param name="history">One without violations.</param>
    /// <param name="dice">Chooses where to falsify.</param>
    /// <param name="tries">How often each way is tried.</param>
    public static IReadOnlyList<string> Missed(History history, Dice dice, int tries)
    {
        var missed = new List<string>();
        foreach (var way in Doctoring.All)
        {
            for (var at = 0; at < tries; at++)
            {
                if (way.Apply(history, dice) is not { } doctored)
                    missed.Add($"{way}: the history has nothing to falsify like that.");
                else if (HistoryChecker.Check(doctored) is var found && found.All(violation => violation.Invariant != way.Invariant))
                    missed.Add($"{way}: not {way.Invariant} but {string.Join("; ", found.Take(3))}");
            }
        }

        return [.. missed.Distinct()];
    }
}
