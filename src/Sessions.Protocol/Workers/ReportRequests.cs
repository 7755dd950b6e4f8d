using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sessions.Protocol;

/// <summary>Body of <c>POST …/output</c>.</summary>
public sealed record OutputRequest
{
    /// <summary>The lease's epoch.</summary>
    public long? Epoch { get; init; }

    /// <summary>The items, in order, 1 to 1,000.</summary>
    public IReadOnlyList<OutputItem?>? Items { get; init; }

    /// <summary>A number that grows by one per call, from 1: a retried call then lands once.</summary>
    public long? Batch { get; init; }
}

/// <summary>One item of output, at most <see cref="Limits.OutputItemBytes"/> as UTF-8.</summary>
public sealed record OutputItem
{
    /// <summary>One of <see cref="OutputTypes"/>.</summary>
    public string? Type { get; init; }

    /// <summary>Of <c>delta</c>, <c>content</c> and <c>notice</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>Of <c>tool</c>: names one call within the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ToolCallId { get; init; }

    /// <summary>Of <c>tool</c>: the tool's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>Of <c>tool</c>: <c>started</c> or <c>result</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Phase { get; init; }

    /// <summary>Of <c>tool</c>: any JSON.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Arguments { get; init; }

    /// <summary>Of <c>tool</c>: any JSON.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Result { get; init; }
}

/// <summary>The values of <see cref="OutputItem.Type"/>.</summary>
public static class OutputTypes
{
    /// <summary>A piece of streamed text.</summary>
    public const string Delta = "delta";

    /// <summary>A whole block of text.</summary>
    public const string Content = "content";

    /// <summary>A tool call began or returned.</summary>
    public const string Tool = "tool";

    /// <summary>Shown to people, no part of the transcript.</summary>
    public const string Notice = "notice";
}

/// <summary>The values of a tool item's phase.</summary>
public static class ToolPhases
{
    /// <summary>The call began.</summary>
    public const string Started = "started";

    /// <summary>The call returned.</summary>
    public const string Result = "result";
}

/// <summary>Body of <c>POST …/heartbeat</c>.</summary>
public sealed record HeartbeatRequest
{
    /// <summary>The lease's epoch.</summary>
    public long? Epoch { get; init; }
}

/// <summary>Body of <c>POST …/complete</c>.</summary>
public sealed record CompleteRequest
{
    /// <summary>The lease's epoch.</summary>
    public long? Epoch { get; init; }

    /// <summary>The whole answer; what was streamed when null.</summary>
    public string? Text { get; init; }

    /// <summary>A JSON object, at most <see cref="Limits.UsageBytes"/>.</summary>
    public JsonElement? Usage { get; init; }
}

/// <summary>Body of <c>POST …/fail</c>.</summary>
public sealed record FailRequest
{
    /// <summary>The lease's epoch.</summary>
    public long? Epoch { get; init; }

    /// <summary>A stable code, up to 64 characters.</summary>
    public string? Code { get; init; }

    /// <summary>One line for people, up to 8 KiB.</summary>
    public string? Message { get; init; }

    /// <summary>One of <see cref="FailPhases"/>.</summary>
    public string? Phase { get; init; }
}

/// <summary>The values of <see cref="FailRequest.Phase"/>.</summary>
public static class FailPhases
{
    /// <summary>The agent could not be started.</summary>
    public const string Start = "start";

    /// <summary>The agent had started.</summary>
    public const string Run = "run";
}
