using System.Net;
using System.Net.Http.Headers;

namespace Sessions.Worker;

/// <summary>
/// Makes requests, to another replica when one is gone, silent or says that it can't. One call asks each replica at most
/// once; pauses between passes are the caller's, who knows how long it is worth it.
/// </summary>
internal sealed class WorkerHttp(Replicas replicas, TimeProvider timeProvider) : IDisposable
{
    /// <summary>Reports of many runs share these; what waits for one is gathered into larger batches meanwhile.</summary>
    private const int MaxConnections = 256;

    /// <summary>A replica that has answered nothing for so long when its caller has enough is left.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxConnectionsPerServer = MaxConnections,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
        AllowAutoRedirect = false,

        // A stream that is left is closed at once, not read on in the hope of an end.
        MaxResponseDrainSize = 0,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, body, HttpCompletionOption.ResponseContentRead, cancellationToken);

    /// <summary>The answer's headers; its body is a stream.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, byte[]? body, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        for (var left = replicas.Count; ; left--)
        {
            var server = replicas.Current;
            var sentAt = timeProvider.GetTimestamp();
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(server, path));
                if (body is not null)
                    request.Content = Json(body);

                var response = await _http.SendAsync(request, completion, cancellationToken);
                if (!IsUnavailable(response.StatusCode))
                    return response;

                replicas.Leave(server);
                if (left == 1)
                    return response;

                response.Dispose();
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                if (!cancellationToken.IsCancellationRequested || timeProvider.GetElapsedTime(sentAt) >= Patience)
                    replicas.Leave(server);
                cancellationToken.ThrowIfCancellationRequested();
                if (left == 1)
                    throw new WorkerConnectionException($"{method} {server}{path}: {exception.Message}", null, exception);
            }
        }
    }

    private static ByteArrayContent Json(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static bool IsUnavailable(HttpStatusCode status) =>
        status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
