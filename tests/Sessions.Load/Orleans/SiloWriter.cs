using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sessions.Load;

/// <summary>Sends messages to a session, each until it is accepted: a frontend that repeats what was answered 503.</summary>
internal sealed class SiloWriter(HttpConnection connection, string session, SceneAudit audit)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    private readonly List<(long Sent, long Answered)> _accepted = [];

    public long Acknowledged => _accepted.Count;

    /// <summary>How often it was turned away.</summary>
    public long Refused { get; private set; }

    public TimeSpan Slowest { get; private set; }

    /// <summary>From a moment to the first answer to what was sent after it, if there is one.</summary>
    public TimeSpan? FirstAnswer(long since)
    {
        lock (_accepted)
        {
            foreach (var (sent, answered) in _accepted)
            {
                if (sent >= since)
                    return Stopwatch.GetElapsedTime(since, answered);
            }

            return null;
        }
    }

    /// <summary>Sends until it is cancelled; what is under way then is brought to its end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var turn = 0; !cancellationToken.IsCancellationRequested; turn++)
        {
            var run = string.Create(CultureInfo.InvariantCulture, $"r0-{turn}");
            var body = Encoding.UTF8.GetBytes($$"""{"text":"{{RunTicket.Text}}","runId":"{{run}}","idempotencyKey":"{{run}}"}""");
            while (!await SendAsync(body))
                await Task.Delay(Retry, CancellationToken.None);

            audit.Accepted(session, run);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    /// <summary>Aborts what it sent: the audit then finds each run ended, once.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        (await connection.PostAsync($"/v1/sessions/{session}/abort", "{}"u8.ToArray(), cancellationToken)).Expect(200, "abort");
        connection.Dispose();
    }

    private async Task<bool> SendAsync(byte[] body)
    {
        var sent = Stopwatch.GetTimestamp();
        var answer = await connection.PostAsync($"/v1/sessions/{session}/messages", body, CancellationToken.None);
        var answered = Stopwatch.GetTimestamp();
        Slowest = TimeSpan.FromTicks(Math.Max(Slowest.Ticks, Stopwatch.GetElapsedTime(sent, answered).Ticks));
        if (answer.Status == 503)
        {
            Refused++;
            return false;
        }

        answer.Expect(202, "send");
        lock (_accepted)
            _accepted.Add((sent, answered));

        return true;
    }
}
