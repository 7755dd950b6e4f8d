namespace Sessions.Core.Tests.Model;

/// <summary>What the log says of one run.</summary>
internal sealed record RunAccount(Run Accepted)
{
    public RunId Id => Accepted.Id;

    public int Starts { get; init; }

    public int Terminals { get; init; }

    public string Text { get; init; } = "";

    public bool HasOutput { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public bool Ended => Terminals > 0;
}
