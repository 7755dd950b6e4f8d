using System.Globalization;

namespace Sessions.Load;

/// <summary>How to fan out.</summary>
/// <param name="Subscribers">How many streams are open, spread evenly over the sessions.</param>
/// <param name="Sessions">How many sessions.</param>
/// <param name="Rate">Events per session and second; 0: as fast as they are taken.</param>
/// <param name="Events">Events per session, at most.</param>
/// <param name="Seconds">How long at most.</param>
/// <param name="WarmSeconds">How long the server is warmed up before.</param>
internal sealed record FanoutSettings(int Subscribers, int Sessions, int Rate, int Events, int Seconds, int WarmSeconds)
{
    /// <summary>What the sessions' names begin with.</summary>
    public string Prefix { get; init; } = "fan";

    /// <summary>The session that only warms the server up, behind the others.</summary>
    public int WarmingSession => Sessions;

    public int AllSessions => Sessions + 1;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Subscribers} subscribers to {Sessions} sessions, {(Rate == 0 ? "unpaced" : $"{Rate} events/s each")}");

    public string SessionName(int session) => $"{Prefix}{session}";
}
