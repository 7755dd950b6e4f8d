using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>
/// Calls through random replicas, as a client behind a load balancer does. A cut connection, silence, and a 503 that says when
/// to come back leave the outcome open: the same call is made again, elsewhere. Anything else is the answer.
/// </summary>
internal sealed class Caller(Cluster cluster, History history, string name, Dice dice) : IDisposable
{
    private readonly HttpClient _http = NewHttp();

    /// <summary>How many attempts were left open.</summary>
    public int Open { get; private set; }

    public static HttpClient NewHttp() => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(3),
        MaxResponseDrainSize = 0,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Calls until there is a definite answer.</summary>
    /// <returns>Null when the caller was cancelled; an answer that never comes is a fault.</returns>
    public async Task<Answer?> AskAsync(
        HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken, TimeSpan wait = default)
    {
        var from = Stopwatch.GetTimestamp();
        for (var unanswered = 0; ; unanswered++)
        {
            if (await TryAsync(method, path, body, wait, cancellationToken) is { } answer)
                return answer with { Unanswered = unanswered };

            if (cancellationToken.IsCancellationRequested || cluster.GivenUp.IsCancellationRequested)
                return null;

            if (Stopwatch.GetElapsedTime(from) > Times.Patience + wait)
            {
                history.Add(new Observation.Faulted($"{name}: {method} {path} was answered nowhere within {Times.Patience}."));
                return null;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50 + dice.Below(250)), cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Calls once.</summary>
    /// <returns>Null when the outcome is open.</returns>
    public async Task<Answer?> TryAsync(
        HttpMethod method, string path, byte[]? body, TimeSpan wait, CancellationToken cancellationToken)
    {
        var replica = dice.Choose(cluster.Replicas);
        if (replica.Address is not { } address)
            return null;

        var asked = history.Now();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, cluster.GivenUp);
        patience.CancelAfter(Times.Attempt + wait);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(address, path));
            if (body is not null)
                request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };

            using var response = await _http.SendAsync(request, patience.Token);
            var answer = new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(patience.Token), replica.Number, asked, 0);
            if (answer.Status != 503)
                return answer;

            if (response.Headers.RetryAfter is null
                || answer.Code is not (ProblemCodes.Draining or ProblemCodes.StoreBusy or ProblemCodes.StoreUnavailable))
            {
                history.Add(new Observation.Faulted($"{name}: {method} {path} was told {answer}, without Retry-After or for no known reason."));
            }

            NotWithoutTrouble(method, path, $"{answer}");
        }
        catch (OperationCanceledException)
        {
            // What became of it is unknown.
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            NotWithoutTrouble(method, path, exception.Message);
        }

        Open++;
        return null;
    }

    public static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    public void Dispose() => _http.Dispose();

    /// <summary>Who loses a race is not to be told (invariant 20), and nothing else is the matter yet.</summary>
    private void NotWithoutTrouble(HttpMethod method, string path, string what)
    {
        if (!cluster.IsTroubled)
            history.Add(new Observation.Faulted($"{name}: {method} {path} was turned away though nothing was the matter: {what}"));
    }
}
