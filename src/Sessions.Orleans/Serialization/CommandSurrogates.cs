using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Orleans;

/// <summary>The agents there are, as they travel.</summary>
[GenerateSerializer, Immutable, Alias("sessions.agents")]
internal readonly record struct AgentsSurrogate(ImmutableArray<AgentName> Names, AgentName Default)
{
    public static AgentsSurrogate Of(KnownAgents agents) => new([.. agents.Names], agents.Default);

    public KnownAgents Read() => new(Names.ToHashSet(), Default);
}

/// <summary>A create or an update, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.command.describe")]
internal readonly record struct DescribeSurrogate(
    AgentName? Agent, string? Title, ImmutableArray<string> Metadata, AgentsSurrogate Agents);

/// <summary>A send, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.command.send")]
internal readonly record struct SendSurrogate(
    RunId RunId, string Text, AgentName? Agent, string? IdempotencyKey, string Fingerprint, IfBusy IfBusy, TimeSpan Timeout,
    TimeSpan QueueTimeout, int MaxAttempts, int MaxQueued, AgentsSurrogate Agents);

/// <summary>A start, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.command.start")]
internal readonly record struct StartSurrogate(WorkerId Worker, ImmutableArray<AgentName> Agents, TimeSpan LeaseTtl);

/// <summary>A worker's report, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.command.report")]
internal readonly record struct ReportSurrogate(
    RunId RunId, long Epoch, string? Text, string? Usage, RunError? Error, FailPhase Phase);

/// <summary>An abort, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.command.abort")]
internal readonly record struct AbortSurrogate(RunId? RunId, string? IdempotencyKey, AbortReason Reason, AgentsSurrogate Agents);

/// <summary>A command that says nothing but its name, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.command.plain")]
internal readonly record struct PlainSurrogate(bool Unused);
