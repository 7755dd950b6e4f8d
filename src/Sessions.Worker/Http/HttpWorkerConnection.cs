using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// A worker's way to the control plane over HTTP and SSE, through any of several replicas. A call may reach two of them
/// when the first one is lost with the answer; <see cref="IWorkerConnection"/> says why that doubles nothing.
/// </summary>
public sealed class HttpWorkerConnection : IWorkerConnection, IBlockingHeartbeats, IDisposable
{
    private readonly WorkerHttp _http;
    private readonly TimeProvider _timeProvider;
    private readonly Replicas _replicas;
    private readonly HostAddresses _hosts;

    /// <summary>Makes a connection; it asks for nothing yet.</summary>
    /// <param name="servers">The replicas' base addresses, at least one.</param>
    /// <param name="timeProvider">The clock by which a stream is found silent.</param>
    /// <param name="jitter">Draws the replica to begin with; a shared one by default.</param>
    public HttpWorkerConnection(IEnumerable<Uri> servers, TimeProvider timeProvider, Random? jitter = null)
    {
        _replicas = new Replicas(servers, jitter ?? Random.Shared);
        _http = new WorkerHttp(_replicas, timeProvider);
        _timeProvider = timeProvider;
        _hosts = new HostAddresses(timeProvider);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClaimResource>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        const string path = "v1/workers/claims";
        using var response = await PostAsync(path, request, ProtocolJson.Wire.ClaimRequest, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent)
            return [];
        if (response.StatusCode != HttpStatusCode.OK)
            throw Unusable(path, response, await ProblemAsync(response, cancellationToken));

        return (await ReadAsync(response, ProtocolJson.Wire.ClaimResponse, cancellationToken))?.Claims
            ?? throw Unusable(path, response, null);
    }

    /// <inheritdoc/>
    public Task<ReportResult> OutputAsync(
        string sessionId, string runId, OutputRequest request, CancellationToken cancellationToken) =>
        ReportAsync(ReportPaths.Of(sessionId, runId, "output"), request, ProtocolJson.Wire.OutputRequest, cancellationToken);

    /// <inheritdoc/>
    public Task<ReportResult> HeartbeatAsync(
        string sessionId, string runId, HeartbeatRequest request, CancellationToken cancellationToken) =>
        ReportAsync(ReportPaths.Of(sessionId, runId, "heartbeat"), request, ProtocolJson.Wire.HeartbeatRequest, cancellationToken);

    /// <inheritdoc/>
    public Task<ReportResult> CompleteAsync(
        string sessionId, string runId, CompleteRequest request, CancellationToken cancellationToken) =>
        ReportAsync(ReportPaths.Of(sessionId, runId, "complete"), request, ProtocolJson.Wire.CompleteRequest, cancellationToken);

    /// <inheritdoc/>
    public Task<ReportResult> FailAsync(
        string sessionId, string runId, FailRequest request, CancellationToken cancellationToken) =>
        ReportAsync(ReportPaths.Of(sessionId, runId, "fail"), request, ProtocolJson.Wire.FailRequest, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<AbortSignal> SignalsAsync(string workerId, CancellationToken cancellationToken) =>
        SignalStream.ReadAsync(_http, workerId, _timeProvider, cancellationToken);

    ReportResult IBlockingHeartbeats.Heartbeat(string sessionId, string runId, HeartbeatRequest request, TimeSpan timeout)
    {
        var server = _replicas.Current;
        var path = ReportPaths.Of(sessionId, runId, "heartbeat");
        try
        {
            var deadline = new Deadline(timeout, _timeProvider);
            var body = JsonSerializer.SerializeToUtf8Bytes(request, ProtocolJson.Wire.HeartbeatRequest);
            var (status, answer) = BlockingPost.Send(new Uri(server, path), _hosts.Of(server.DnsSafeHost), body, deadline);
            if (status == (int)HttpStatusCode.OK)
                return new ReportResult.Accepted();

            var problem = Parse(answer, ProtocolJson.Wire.Problem);
            return ReportAnswers.Refusal(problem)
                ?? throw new WorkerConnectionException($"POST {path} was answered {status}.", problem?.Code);
        }
        catch
        {
            _replicas.Leave(server);
            throw;
        }
    }

    /// <summary>Closes its connections.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<ReportResult> ReportAsync<T>(
        string path, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(path, request, type, cancellationToken);
        if (response.IsSuccessStatusCode)
            return new ReportResult.Accepted();

        var problem = await ProblemAsync(response, cancellationToken);
        return ReportAnswers.Refusal(problem) ?? throw Unusable(path, response, problem);
    }

    private Task<HttpResponseMessage> PostAsync<T>(
        string path, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        _http.PostAsync(path, JsonSerializer.SerializeToUtf8Bytes(request, type), cancellationToken);

    private static Task<Problem?> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? ReadAsync(response, ProtocolJson.Wire.Problem, cancellationToken)
            : Task.FromResult<Problem?>(null);

    private static async Task<T?> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken), type);

    /// <summary>Null for what is not JSON, as a page of something in between.</summary>
    private static T? Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static WorkerConnectionException Unusable(string path, HttpResponseMessage response, Problem? problem) =>
        new($"POST {path} was answered {(int)response.StatusCode}: {problem?.Detail ?? response.ReasonPhrase}", problem?.Code);
}
