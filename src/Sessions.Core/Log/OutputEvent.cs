namespace Sessions.Core;

/// <summary>
/// Output of a running run. No decision: it is fenced by the lease's epoch alone and leaves the version as it is.
/// </summary>
/// <param name="RunId">The run.</param>
public abstract record OutputEvent(RunId RunId) : RunEvent(RunId)
{
    /// <summary>What it adds to the run's text; null when it adds nothing.</summary>
    public virtual string? Transcript => null;
}

/// <summary>A piece of streamed text.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Text">The piece.</param>
public sealed record RunDelta(RunId RunId, string Text) : OutputEvent(RunId)
{
    /// <inheritdoc/>
    public override string Transcript => Text;
}

/// <summary>A whole block of text.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Text">The block.</param>
public sealed record RunContent(RunId RunId, string Text) : OutputEvent(RunId)
{
    /// <inheritdoc/>
    public override string Transcript => Text;
}

/// <summary>A tool call began or returned.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ToolCallId">Names the call within the run.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Phase">Whether it began or returned.</param>
/// <param name="Arguments">JSON, or null.</param>
/// <param name="Result">JSON, or null.</param>
public sealed record RunTool(
    RunId RunId, string ToolCallId, string Name, ToolPhase Phase, string? Arguments, string? Result) : OutputEvent(RunId);

/// <summary>Shown to people, no part of the transcript.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Text">The text.</param>
public sealed record RunNotice(RunId RunId, string Text) : OutputEvent(RunId);

/// <summary>How far a tool call has come.</summary>
public enum ToolPhase
{
    /// <summary>It began.</summary>
    Started,

    /// <summary>It returned.</summary>
    Result,
}
