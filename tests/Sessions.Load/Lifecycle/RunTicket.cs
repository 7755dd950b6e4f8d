using System.Globalization;

namespace Sessions.Load;

/// <summary>A run of the load: which of the concurrent slots it fills, and where. Its id carries the slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Session">The session's id.</param>
/// <param name="Run">The run's id.</param>
/// <param name="Epoch">The lease's epoch, once it is claimed.</param>
internal readonly record struct RunTicket(int Slot, string Session, string Run, long Epoch = 0)
{
    /// <summary>The message that is sent, of a usual length.</summary>
    public const string Text = "What did the tests say after the last change, and which of them should I look at first?";

    /// <summary>The answer, of a usual length.</summary>
    public const string Answer = "All of them pass. Look at the lease tests first: they cover the branch that you changed today.";

    public static RunTicket Create(int slot, string session, int turn) =>
        new(slot, session, string.Create(CultureInfo.InvariantCulture, $"r{slot}-{turn}"));

    /// <summary>The slot in a run's id.</summary>
    public static int SlotOf(ReadOnlySpan<char> run) =>
        int.Parse(run[1..run.IndexOf('-')], CultureInfo.InvariantCulture);
}
