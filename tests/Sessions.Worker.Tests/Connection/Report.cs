using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>One report as it arrived, counted or not.</summary>
internal sealed record Report(RunKey Run, object Request)
{
    public OutputRequest? Output => Request as OutputRequest;

    public CompleteRequest? Complete => Request as CompleteRequest;

    public FailRequest? Fail => Request as FailRequest;

    public bool IsHeartbeat => Request is HeartbeatRequest;

    public bool IsTerminal => Complete is not null || Fail is not null;
}

/// <summary>What the scripted control plane has of one lease.</summary>
internal sealed class LeaseState
{
    public List<OutputItem> Items { get; } = [];

    public long LastBatch { get; set; }

    public object? Ending { get; set; }

    public bool Lost { get; set; }

    public string Text => string.Concat(Items.Where(item => item.Type is "delta" or "content").Select(item => item.Text));

    public FailRequest? Failure => Ending as FailRequest;

    public CompleteRequest? Completion => Ending as CompleteRequest;
}
