using System.Text.Json;

namespace Sessions.Worker;

/// <summary>How a run ends as far as its worker is concerned.</summary>
internal abstract record RunEnding
{
    private RunEnding()
    {
    }

    /// <summary>The agent answered.</summary>
    public sealed record Completed(string? Text, JsonElement? Usage) : RunEnding;

    /// <summary>The agent failed, or the worker stopped it for a reason of its own.</summary>
    public sealed record Failed(string Code, string Message, string Phase) : RunEnding;

    /// <summary>Others decided already, or will when the lease expires: nothing is reported.</summary>
    public sealed record Silent(string Reason) : RunEnding;
}
