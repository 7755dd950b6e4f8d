using Sessions.Core;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>A client that does random things through random replicas and records what it is told.</summary>
internal sealed class SeededClient(Scene scene, string name, Dice dice) : IDisposable
{
    private readonly Caller _caller = new(scene.Cluster, scene.History, name, dice);
    private int _steps;

    public int Open => _caller.Open;

    /// <summary>Goes on until it is cancelled; what is under way then is brought to its answer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _steps++;
                await StepAsync(dice.Choose(scene.Sessions).Key);
            }
            catch (Exception fault)
            {
                Faulted($"step {_steps}: {fault}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50 + dice.Below(250)), cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _caller.Dispose();

    private Task StepAsync(SessionKey session) => dice.Below(40) switch
    {
        < 14 => SendAsync(session),
        < 16 => AbortAsync(session, new AbortRequest()),
        < 18 => AbortRunAsync(),
        18 => AbortAsync(session, new AbortRequest { IdempotencyKey = AnyKey() }),
        19 => UpdateAsync(session),
        20 when dice.Once(4) => ResetAsync(session),
        < 26 => GetAsync(session),
        < 34 => GetRunAsync(),
        _ => ListAsync(),
    };

    private string AnyKey() => $"k{dice.Below(8)}";

    private async Task SendAsync(SessionKey session)
    {
        // Few keys and two payloads, so that clients meet.
        var key = dice.Once(2) ? AnyKey() : null;
        var text = key is null ? Words($"{name}.{_steps}") : Words(dice.Once(5) ? "one" : "other", 12);
        var request = new SendRequest
        {
            Text = text,
            IdempotencyKey = key,
            IfBusy = dice.Once(8) ? IfBusyModes.Interrupt : dice.Once(8) ? IfBusyModes.Reject : null,
            MaxAttempts = key is null ? 1 + dice.Below(3) : null,
        };
        var body = Caller.Json(request, ProtocolJson.Default.SendRequest);
        var path = Scene.PathOf(session, "/messages");

        // Without a key a second attempt would be a second message.
        var answer = key is null
            ? await _caller.TryAsync(HttpMethod.Post, path, body, default, default)
            : await _caller.AskAsync(HttpMethod.Post, path, body, default);
        if (answer is null)
            return;

        if (answer.Status == 202)
        {
            var sent = answer.Read(ProtocolJson.Default.SendResponse);
            scene.History.Add(new Observation.Sent(session, key, text, new RunId(sent.Run.Id), sent.Deduplicated));
            scene.Accepted(session, new RunId(sent.Run.Id), answer.Replica);
            scene.Saw(sent.Run, answer.Asked);
        }
        else if (answer.Code is not (ProblemCodes.QueueFull or ProblemCodes.SessionBusy or ProblemCodes.IdempotencyKeyReused))
        {
            Faulted($"a send to {session} was answered {answer}");
        }
    }

    /// <summary>Mostly answered in a second or two, now and then long enough to be there when somebody dies.</summary>
    private string Words(string first, int? count = null) => string.Join(
        ' ', Enumerable.Range(0, count ?? (dice.Once(6) ? 120 : 3 + dice.Below(40))).Select(n => $"w{n}").Prepend(first));

    private Task AbortRunAsync() => scene.AnyRun(dice) is var (session, run)
        ? AbortAsync(session, new AbortRequest { RunId = run.Value })
        : Task.CompletedTask;

    private async Task AbortAsync(SessionKey session, AbortRequest request)
    {
        var answer = await _caller.AskAsync(
            HttpMethod.Post, Scene.PathOf(session, "/abort"), Caller.Json(request, ProtocolJson.Default.AbortRequest), default);
        if (answer is null)
            return;

        if (answer.Status != 200)
        {
            Faulted($"an abort of {session} {request} was answered {answer}");
            return;
        }

        var aborted = answer.Read(ProtocolJson.Default.AbortResponse);
        scene.Aborted(session, aborted.Aborted, answer.Replica);
        foreach (var ended in aborted.AlreadyTerminal)
            scene.SawEnd(session, new RunId(ended));
    }

    private async Task UpdateAsync(SessionKey session)
    {
        var body = Caller.Json(new UpdateSessionRequest { Title = $"{name}.{_steps}" }, ProtocolJson.Default.UpdateSessionRequest);
        Expect200(await _caller.AskAsync(HttpMethod.Patch, Scene.PathOf(session), body, default), $"an update of {session}");
    }

    /// <summary>Once: a second one would cut what was said after the first.</summary>
    private async Task ResetAsync(SessionKey session) => Expect200(
        await _caller.TryAsync(HttpMethod.Post, Scene.PathOf(session, "/reset"), null, default, default), $"a reset of {session}");

    private async Task GetAsync(SessionKey session)
    {
        var answer = await _caller.AskAsync(HttpMethod.Get, Scene.PathOf(session), null, default);
        if (Expect200(answer, $"a get of {session}"))
            scene.Saw(answer!.Read(ProtocolJson.Default.SessionResource), answer.Asked);
    }

    private async Task GetRunAsync()
    {
        if (scene.AnyRun(dice) is not var (session, run))
            return;

        var wait = dice.Once(2) ? 3 : 0;
        var answer = await _caller.AskAsync(
            HttpMethod.Get, Scene.PathOf(session, $"/runs/{run}?waitSeconds={wait}"), null, default, TimeSpan.FromSeconds(wait));
        if (Expect200(answer, $"a get of run {run} of {session}"))
            scene.Saw(answer!.Read(ProtocolJson.Default.RunResource), answer.Asked);
    }

    private async Task ListAsync()
    {
        var answer = await _caller.AskAsync(HttpMethod.Get, $"/v1/sessions{(dice.Once(2) ? "?active=true" : "")}", null, default);
        if (!Expect200(answer, "a list"))
            return;

        foreach (var session in answer!.Read(ProtocolJson.Default.SessionPage).Items)
            scene.Saw(session, answer.Asked);
    }

    private bool Expect200(Answer? answer, string what)
    {
        if (answer is not (null or { Status: 200 }))
            Faulted($"{what} was answered {answer}");

        return answer is { Status: 200 };
    }

    private void Faulted(string what) => scene.History.Add(new Observation.Faulted($"{name}: {what}"));
}
