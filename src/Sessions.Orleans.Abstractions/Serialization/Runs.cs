using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>A run as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.run")]
internal readonly record struct RunSurrogate(
    RunId Id, AgentName Agent, RunStatus Status, string? IdempotencyKey, string? Fingerprint, int Attempt, int MaxAttempts,
    TimeSpan Timeout, TimeSpan QueueTimeout, WorkerId? Worker, long Epoch, string Input, string? Output, string? Usage,
    RunError? Error, AbortReason? AbortReason, long Generation, long QueuedSeq, long EndedSeq, bool HasOutput,
    DateTimeOffset QueuedAt, DateTimeOffset QueueDeadline, DateTimeOffset? StartedAt, DateTimeOffset? Deadline,
    DateTimeOffset? EndedAt);

/// <summary>A run's error as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.run-error")]
internal readonly record struct RunErrorSurrogate(string Code, string Message);

/// <summary>A refusal as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.refusal")]
internal readonly record struct RefusalSurrogate(RefusalCode Code, string Message, RunStatus? RunStatus);

/// <summary>A lease as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.lease")]
internal readonly record struct LeaseSurrogate(long Epoch, DateTimeOffset ExpiresAt, long Beats, long? LastBatch);

[RegisterConverter]
internal sealed class RunConverter :
    IConverter<Run, RunSurrogate>, IConverter<RunError, RunErrorSurrogate>, IConverter<Refusal, RefusalSurrogate>,
    IConverter<Lease, LeaseSurrogate>
{
    public Run ConvertFromSurrogate(in RunSurrogate surrogate) => new()
    {
        Id = surrogate.Id,
        Agent = surrogate.Agent,
        Status = surrogate.Status,
        IdempotencyKey = surrogate.IdempotencyKey,
        Fingerprint = surrogate.Fingerprint,
        Attempt = surrogate.Attempt,
        MaxAttempts = surrogate.MaxAttempts,
        Timeout = surrogate.Timeout,
        QueueTimeout = surrogate.QueueTimeout,
        Worker = surrogate.Worker,
        Epoch = surrogate.Epoch,
        Input = surrogate.Input,
        Output = surrogate.Output,
        Usage = surrogate.Usage,
        Error = surrogate.Error,
        AbortReason = surrogate.AbortReason,
        Generation = surrogate.Generation,
        QueuedSeq = surrogate.QueuedSeq,
        EndedSeq = surrogate.EndedSeq,
        HasOutput = surrogate.HasOutput,
        QueuedAt = surrogate.QueuedAt,
        QueueDeadline = surrogate.QueueDeadline,
        StartedAt = surrogate.StartedAt,
        Deadline = surrogate.Deadline,
        EndedAt = surrogate.EndedAt,
    };

    public RunSurrogate ConvertToSurrogate(in Run value) => new(
        value.Id, value.Agent, value.Status, value.IdempotencyKey, value.Fingerprint, value.Attempt, value.MaxAttempts,
        value.Timeout, value.QueueTimeout, value.Worker, value.Epoch, value.Input, value.Output, value.Usage, value.Error,
        value.AbortReason, value.Generation, value.QueuedSeq, value.EndedSeq, value.HasOutput, value.QueuedAt,
        value.QueueDeadline, value.StartedAt, value.Deadline, value.EndedAt);

    public RunError ConvertFromSurrogate(in RunErrorSurrogate surrogate) => new(surrogate.Code, surrogate.Message);

    public RunErrorSurrogate ConvertToSurrogate(in RunError value) => new(value.Code, value.Message);

    public Refusal ConvertFromSurrogate(in RefusalSurrogate surrogate) => new(surrogate.Code, surrogate.Message, surrogate.RunStatus);

    public RefusalSurrogate ConvertToSurrogate(in Refusal value) => new(value.Code, value.Message, value.RunStatus);

    public Lease ConvertFromSurrogate(in LeaseSurrogate surrogate) =>
        new(surrogate.Epoch, surrogate.ExpiresAt, surrogate.Beats, surrogate.LastBatch);

    public LeaseSurrogate ConvertToSurrogate(in Lease value) => new(value.Epoch, value.ExpiresAt, value.Beats, value.LastBatch);
}
