using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>A log record as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.record")]
internal readonly record struct LogRecordSurrogate(long Seq, long Version, DateTimeOffset At, SessionEvent Event);

/// <summary>An event about the session as a whole, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.event.session")]
internal readonly record struct LifecycleSurrogate(
    SessionSnapshot? Session, AgentName Agent, string? Title, ImmutableArray<string> Metadata, string? AbortKey,
    AbortReason AbortReason);

/// <summary>An event that shows a run, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.event.run")]
internal readonly record struct RunShownSurrogate(Run Run, FailPhase Phase);

/// <summary>A start, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.event.started")]
internal readonly record struct RunStartedSurrogate(
    RunId RunId, int Attempt, WorkerId Worker, long Epoch, DateTimeOffset LeaseExpiresAt, DateTimeOffset Deadline);

/// <summary>A run queued again, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.event.requeued")]
internal readonly record struct RunRequeuedSurrogate(RunId RunId, int Attempt, RunError Error, DateTimeOffset QueueDeadline);

/// <summary>Text of a run, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.event.text")]
internal readonly record struct RunTextSurrogate(RunId RunId, string Text);

/// <summary>A tool call, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.event.tool")]
internal readonly record struct RunToolSurrogate(
    RunId RunId, string ToolCallId, string Name, ToolPhase Phase, string? Arguments, string? Result);

[RegisterConverter]
internal sealed class LogRecordConverter : IConverter<LogRecord, LogRecordSurrogate>
{
    public LogRecord ConvertFromSurrogate(in LogRecordSurrogate surrogate) =>
        new(surrogate.Seq, surrogate.Version, surrogate.At, surrogate.Event);

    public LogRecordSurrogate ConvertToSurrogate(in LogRecord value) => new(value.Seq, value.Version, value.At, value.Event);
}
