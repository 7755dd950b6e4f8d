namespace Sessions.Testing;

/// <summary>A way to falsify a history that is right: the checker must then report one invariant at least.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Invariant">What it breaks.</param>
/// <param name="Apply">Gives the false one; null when the history has nothing that could be falsified like that.</param>
public sealed record Doctoring(string Name, int Invariant, Func<History, Dice, History?> Apply)
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<Doctoring> All { get; } = [.. DoctoredReaders.All, .. DoctoredLogs.All, .. DoctoredAnswers.All];

    public override string ToString() => Name;
}
