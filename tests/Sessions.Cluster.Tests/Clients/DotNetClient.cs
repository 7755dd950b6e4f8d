using Sessions.Client;
using Sessions.Core;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>
/// A frontend on the .NET client, which retries and resumes by itself: sends, follows the run to its end through whichever
/// replica answers, and compares what it was told.
/// </summary>
internal sealed class DotNetClient : IDisposable
{
    private readonly Scene _scene;
    private readonly string _name;
    private readonly Dice _dice;
    private readonly HttpClient _http;
    private readonly SessionsClient _client;

    public DotNetClient(Scene scene, string name, Dice dice)
    {
        (_scene, _name, _dice) = (scene, name, dice);
        _http = new(new AnyReplica(scene.Cluster, dice)) { BaseAddress = AnyReplica.Front, Timeout = Timeout.InfiniteTimeSpan };
        _client = new(_http, new SessionsClientOptions
        {
            RequestTimeout = Times.Attempt,
            RetryFor = Times.Patience,
            MaxRetryDelay = TimeSpan.FromSeconds(1),
            SilenceTimeout = TimeSpan.FromSeconds(20),
        });
    }

    /// <summary>Runs that it saw to their end.</summary>
    public int Ended { get; private set; }

    /// <param name="cancellationToken">Ends the last turn's successor.</param>
    /// <param name="givingUp">Ends the last turn.</param>
    public async Task RunAsync(CancellationToken cancellationToken, CancellationToken givingUp)
    {
        for (var n = 0; !cancellationToken.IsCancellationRequested; n++)
        {
            try
            {
                await ConverseAsync(_dice.Choose(_scene.Sessions).Key, $"{_name}.{n} one two three four", givingUp);
            }
            catch (SessionsException refusal) when (refusal.Code == ProblemCodes.QueueFull)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception fault)
            {
                _scene.History.Add(new Observation.Faulted($"{_name}: turn {n}: {fault}"));
            }
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private async Task ConverseAsync(SessionKey session, string text, CancellationToken givingUp)
    {
        var key = text.Split(' ')[0];
        var run = await _client.Session(session.Session.Value).SendAsync(text, new() { IdempotencyKey = key }, givingUp);
        _scene.History.Add(new Observation.Sent(session, key, text, new RunId(run.Run.Id), run.Deduplicated));
        if (_dice.Once(2))
        {
            // A reset cuts the log, and with it a run that it has ended: then the stream has no end to show.
            await foreach (var record in run.Events(cancellationToken: givingUp))
            {
                if (record.Run is { } ended && EventTypes.IsTerminal(record.Type))
                    _scene.Saw(ended, _scene.History.Now());
            }
        }

        var asked = _scene.History.Now();
        var result = await run.WaitAsync(givingUp);
        _scene.Saw(result.Run, asked);
        Ended++;
    }
}
