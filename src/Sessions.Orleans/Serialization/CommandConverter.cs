using Sessions.Core;

namespace Sessions.Orleans;

[RegisterConverter]
internal sealed class CommandConverter :
    IConverter<SendMessage, SendSurrogate>, IConverter<StartRun, StartSurrogate>, IConverter<AbortRuns, AbortSurrogate>,
    IConverter<ExpireDue, PlainSurrogate>, IConverter<ResetSession, PlainSurrogate>, IConverter<DeleteSession, PlainSurrogate>
{
    public SendMessage ConvertFromSurrogate(in SendSurrogate surrogate) => new()
    {
        RunId = surrogate.RunId,
        Text = surrogate.Text,
        Agent = surrogate.Agent,
        IdempotencyKey = surrogate.IdempotencyKey,
        Fingerprint = surrogate.Fingerprint,
        IfBusy = surrogate.IfBusy,
        Timeout = surrogate.Timeout,
        QueueTimeout = surrogate.QueueTimeout,
        MaxAttempts = surrogate.MaxAttempts,
        MaxQueued = surrogate.MaxQueued,
        Agents = surrogate.Agents.Read(),
    };

    public StartRun ConvertFromSurrogate(in StartSurrogate surrogate) =>
        new(surrogate.Worker, surrogate.Agents.ToHashSet(), surrogate.LeaseTtl);

    public AbortRuns ConvertFromSurrogate(in AbortSurrogate surrogate) =>
        new(surrogate.RunId, surrogate.IdempotencyKey, surrogate.Reason, surrogate.Agents.Read());

    ExpireDue IConverter<ExpireDue, PlainSurrogate>.ConvertFromSurrogate(in PlainSurrogate surrogate) => new();

    ResetSession IConverter<ResetSession, PlainSurrogate>.ConvertFromSurrogate(in PlainSurrogate surrogate) => new();

    DeleteSession IConverter<DeleteSession, PlainSurrogate>.ConvertFromSurrogate(in PlainSurrogate surrogate) => new();

    public SendSurrogate ConvertToSurrogate(in SendMessage value) => new(
        value.RunId, value.Text, value.Agent, value.IdempotencyKey, value.Fingerprint, value.IfBusy, value.Timeout,
        value.QueueTimeout, value.MaxAttempts, value.MaxQueued, AgentsSurrogate.Of(value.Agents));

    public StartSurrogate ConvertToSurrogate(in StartRun value) => new(value.Worker, [.. value.Agents], value.LeaseTtl);

    public AbortSurrogate ConvertToSurrogate(in AbortRuns value) =>
        new(value.RunId, value.IdempotencyKey, value.Reason, AgentsSurrogate.Of(value.Agents));

    public PlainSurrogate ConvertToSurrogate(in ExpireDue value) => default;

    public PlainSurrogate ConvertToSurrogate(in ResetSession value) => default;

    public PlainSurrogate ConvertToSurrogate(in DeleteSession value) => default;
}
