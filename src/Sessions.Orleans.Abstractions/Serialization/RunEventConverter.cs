using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

[RegisterConverter]
internal sealed class RunEventConverter :
    IConverter<RunQueued, RunShownSurrogate>, IConverter<RunCompleted, RunShownSurrogate>,
    IConverter<RunFailed, RunShownSurrogate>, IConverter<RunAborted, RunShownSurrogate>,
    IConverter<RunStarted, RunStartedSurrogate>, IConverter<RunRequeued, RunRequeuedSurrogate>
{
    RunQueued IConverter<RunQueued, RunShownSurrogate>.ConvertFromSurrogate(in RunShownSurrogate surrogate) => new(surrogate.Run);

    RunCompleted IConverter<RunCompleted, RunShownSurrogate>.ConvertFromSurrogate(in RunShownSurrogate surrogate) => new(surrogate.Run);

    RunFailed IConverter<RunFailed, RunShownSurrogate>.ConvertFromSurrogate(in RunShownSurrogate surrogate) =>
        new(surrogate.Run, surrogate.Phase);

    RunAborted IConverter<RunAborted, RunShownSurrogate>.ConvertFromSurrogate(in RunShownSurrogate surrogate) => new(surrogate.Run);

    public RunStarted ConvertFromSurrogate(in RunStartedSurrogate surrogate) => new(
        surrogate.RunId, surrogate.Attempt, surrogate.Worker, surrogate.Epoch, surrogate.LeaseExpiresAt, surrogate.Deadline);

    public RunRequeued ConvertFromSurrogate(in RunRequeuedSurrogate surrogate) =>
        new(surrogate.RunId, surrogate.Attempt, surrogate.Error, surrogate.QueueDeadline);

    public RunShownSurrogate ConvertToSurrogate(in RunQueued value) => new(value.Run, default);

    public RunShownSurrogate ConvertToSurrogate(in RunCompleted value) => new(value.Run, default);

    public RunShownSurrogate ConvertToSurrogate(in RunFailed value) => new(value.Run, value.Phase);

    public RunShownSurrogate ConvertToSurrogate(in RunAborted value) => new(value.Run, default);

    public RunStartedSurrogate ConvertToSurrogate(in RunStarted value) =>
        new(value.RunId, value.Attempt, value.Worker, value.Epoch, value.LeaseExpiresAt, value.Deadline);

    public RunRequeuedSurrogate ConvertToSurrogate(in RunRequeued value) =>
        new(value.RunId, value.Attempt, value.Error, value.QueueDeadline);
}
