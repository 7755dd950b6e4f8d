using System.Text;

namespace Sessions.Load;

/// <summary>How a run is expected to end: by which event, and for a failure with which code.</summary>
internal sealed class RunEnd
{
    private readonly byte[] _event;
    private readonly byte[] _code;

    private RunEnd(string happened, string? code, string words)
    {
        _event = Encoding.ASCII.GetBytes(happened);
        _code = code is null ? [] : Encoding.ASCII.GetBytes($"\"code\":\"{code}\"");
        Words = words;
    }

    public static RunEnd Completed { get; } = new("run.completed", null, "complete");

    public static RunEnd Aborted { get; } = new("run.aborted", null, "end aborted");

    public static RunEnd WorkerLost { get; } = new("run.failed", "worker_lost", "fail as worker_lost");

    /// <summary>What a run does that ends so.</summary>
    public string Words { get; }

    public static bool IsAny(SseFrame frame) =>
        frame.Name.SequenceEqual("run.completed"u8) || frame.Name.SequenceEqual("run.failed"u8) || frame.Name.SequenceEqual("run.aborted"u8);

    public bool Is(SseFrame frame) => frame.Name.SequenceEqual(_event) && frame.Data.IndexOf(_code) >= 0;
}
