using System.Text.RegularExpressions;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>How a worker works.</summary>
public sealed partial record WorkerOptions
{
    /// <summary>
    /// Names the worker in claims and on runs: <c>[A-Za-z0-9._:-]{1,128}</c>, unique among the workers that live at the
    /// same time. Default: one made up from a random UUID.
    /// </summary>
    public string WorkerId { get; set; } = $"worker-{Guid.CreateVersion7():n}";

    /// <summary>
    /// The servers that it works for, replicas of one deployment: absolute http or https addresses, before <c>/v1</c>. A
    /// worker talks to one of them and goes on to another when that one fails. 1 to 100. Default:
    /// <c>http://127.0.0.1:5080</c>. Of no effect with a connection of another kind.
    /// </summary>
    public IReadOnlyList<Uri> Servers { get; set; } = [new("http://127.0.0.1:5080")];

    /// <summary>How many runs are executed at the same time, over all agents: 1 to 10,000. Default: 64.</summary>
    public int MaxConcurrency { get; set; } = 64;

    /// <summary>How long one claim waits for a run: 0 to 60 s. Default: 20 s.</summary>
    public TimeSpan ClaimWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The least time between two reports of a run's output, in which items gather; 32 of them are sent at once. What comes
    /// after a pause is sent without delay. 0 to 1 s. Default: 25 ms.
    /// </summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How long running runs may go on when the worker is stopped: 0 to 1 h. Default: 10 s.</summary>
    public TimeSpan DrainGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an agent may take to let go once it is cancelled: 0 to 10 min. Default: 5 s.</summary>
    public TimeSpan AgentStopGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws, naming the option, when one has a value that it can't have.</summary>
    /// <exception cref="ArgumentException">One has.</exception>
    public void Validate()
    {
        if (!IsId(WorkerId))
            throw new ArgumentException($"{nameof(WorkerId)} must match [A-Za-z0-9._:-]{{1,128}}.");
        if (Servers is not { Count: >= 1 and <= 100 } || !Servers.All(IsServer))
            throw new ArgumentException($"{nameof(Servers)} must be 1 to 100 absolute http or https addresses.");
        if (MaxConcurrency is < 1 or > 10_000)
            throw new ArgumentException($"{nameof(MaxConcurrency)} must be 1 to 10,000.");
        Within(ClaimWait, TimeSpan.FromSeconds(Limits.WaitSeconds), nameof(ClaimWait));
        Within(FlushInterval, TimeSpan.FromSeconds(1), nameof(FlushInterval));
        Within(DrainGrace, TimeSpan.FromHours(1), nameof(DrainGrace));
        Within(AgentStopGrace, TimeSpan.FromMinutes(10), nameof(AgentStopGrace));
    }

    internal static bool IsId(string? text) => text is not null && Id().IsMatch(text);

    private static bool IsServer(Uri? server) => server is { IsAbsoluteUri: true, Scheme: "http" or "https" };

    private static void Within(TimeSpan value, TimeSpan max, string name)
    {
        if (value < TimeSpan.Zero || value > max)
            throw new ArgumentException($"{name} must be 0 to {max}.");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._:-]{1,128}\z")]
    private static partial Regex Id();
}
