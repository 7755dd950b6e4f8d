namespace Sessions.Load;

/// <summary>How scenario <c>worker-death</c> kills.</summary>
/// <param name="Kills">How many workers.</param>
/// <param name="AtATime">How many live at a time.</param>
/// <param name="Ttl">The lease's TTL.</param>
/// <param name="Seed">Draws when each is killed.</param>
internal sealed record WorkerDeathSettings(int Kills, int AtATime, TimeSpan Ttl, int Seed);
