using System.Text.Json;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

internal static class RunMapping
{
    public static RunResource ToResource(this Run run, SessionKey key) => new()
    {
        Id = run.Id.Value,
        SessionId = key.Session.Value,
        Agent = run.Agent.Value,
        Status = run.Status.ToWire(),
        IdempotencyKey = run.IdempotencyKey,
        Attempt = run.Attempt,
        WorkerId = run.Worker?.Value,
        Input = new RunText(run.Input),
        Output = run.Output is { } output ? new RunText(output) : null,
        Usage = run.Usage.ToJson(),
        Error = run.Error is { } error ? new ErrorResource(error.Code, error.Message) : null,
        AbortReason = run.AbortReason?.ToWire(),
        QueuedAt = run.QueuedAt,
        StartedAt = run.StartedAt,
        EndedAt = run.EndedAt,
    };

    public static MessageResource ToResource(this Message message) => new(
        $"{message.Run.Value}:{(message.FromUser ? MessageRoles.User : MessageRoles.Assistant)}",
        message.FromUser ? MessageRoles.User : MessageRoles.Assistant,
        message.Text,
        message.Run.Value,
        message.Status.ToWire(),
        message.At,
        message.Seq);

    public static LeaseResource ToResource(this HeldLease lease) => new(lease.Epoch, lease.Ttl.TotalSeconds, lease.ExpiresAt);

    public static ClaimResource ToResource(this ClaimedRun claim, IReadOnlyList<Message> history) => new(
        claim.Run.ToResource(claim.Key),
        claim.Session.ToResource(),
        [.. history.Select(message => message.ToResource())],
        claim.Lease.ToResource());

    public static AbortSignal ToResource(this WorkerSignal signal) =>
        new(signal.Key.Session.Value, signal.Run.Value, signal.Epoch, signal.Reason);

    public static JsonElement? ToJson(this string? json) => json is null ? null : JsonElement.Parse(json);
}
