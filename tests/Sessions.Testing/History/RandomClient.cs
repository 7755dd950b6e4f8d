using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>A client that does random things through random replicas and records what it is told.</summary>
internal sealed class RandomClient(
    EngineCluster cluster, IReadOnlyList<SessionKey> sessions, string name, History history, Dice dice)
{
    private readonly TenantId _tenant = sessions[0].Tenant;

    private ISessions Any => dice.Choose(cluster.Replicas).Sessions;

    public async Task RunAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            try
            {
                await StepAsync(dice.Choose(sessions), step);
            }
            catch (Exception fault)
            {
                history.Add(new Observation.Faulted($"Client {name} in step {step}: {fault}"));
            }

            await Task.Yield();
        }
    }

    private Task StepAsync(SessionKey key, int step) => dice.Below(20) switch
    {
        < 8 => SendAsync(key, step),
        < 10 => AbortAsync(key, null),
        10 => AbortAsync(key, $"k{dice.Below(10)}"),
        11 => Any.UpdateAsync(key, $"{name}.{step}", null, default).AsTask(),
        12 when dice.Once(3) => Any.ResetAsync(key, default).AsTask(),
        < 16 => GetAsync(key),
        _ => ListAsync(),
    };

    private async Task SendAsync(SessionKey key, int step)
    {
        // Few keys and two payloads, so that clients meet.
        var idempotencyKey = dice.Once(2) ? $"k{dice.Below(10)}" : null;
        var text = idempotencyKey is null ? $"{name}.{step}" : dice.Once(5) ? "one" : "other";
        var sending = new Sending(text)
        {
            IdempotencyKey = idempotencyKey,
            IfBusy = dice.Once(6) ? IfBusy.Interrupt : dice.Once(6) ? IfBusy.Reject : IfBusy.Enqueue,
            MaxAttempts = 1 + dice.Below(3),
        };
        var sent = await Any.SendAsync(key, sending, default);
        if (!sent.IsRefused)
        {
            history.Add(new Observation.Sent(key, idempotencyKey, text, sent.Value.Run!.Id, sent.Value.Deduplicated));
        }
        else if (sent.Refusal.Code is not (RefusalCode.QueueFull or RefusalCode.SessionBusy or RefusalCode.IdempotencyKeyReused))
        {
            history.Add(new Observation.Faulted($"A send to {key} was refused: {sent.Refusal}"));
        }
    }

    private async Task AbortAsync(SessionKey key, string? idempotencyKey)
    {
        var aborted = await Any.AbortAsync(key, null, idempotencyKey, AbortReason.User, default);
        if (!aborted.IsRefused)
            history.Add(new Observation.Aborted(key, [.. aborted.Value.Aborted]));
    }

    private async Task GetAsync(SessionKey key)
    {
        var moment = history.Now();
        if ((await Any.GetAsync(key, default)).Value is { } session)
            history.Saw(session, moment);
    }

    private async Task ListAsync()
    {
        var moment = history.Now();
        var query = new SessionQuery(_tenant, null, dice.Once(2) ? true : null, null, 100, null);
        foreach (var session in (await Any.ListAsync(query, default))!.Items)
            history.Saw(session, moment);
    }
}
