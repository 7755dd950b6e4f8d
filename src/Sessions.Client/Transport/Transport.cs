using System.Text.Json.Serialization.Metadata;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>Makes calls, again while the fault is one that passes.</summary>
internal sealed class Transport(HttpClient http, Uri server, SessionsClientOptions options)
{
    public SessionsClientOptions Options => options;

    public async Task<T> CallAsync<T>(Call call, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(
            call, HttpCompletionOption.ResponseContentRead, new Outage(options), cancellationToken);
        return await Answers.ReadAsync(response, type, call, cancellationToken);
    }

    public async Task CallAsync(Call call, CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(
            call, HttpCompletionOption.ResponseContentRead, new Outage(options), cancellationToken);
    }

    /// <summary>The first answer that is not a passing fault.</summary>
    /// <exception cref="SessionsException">The server refused, or the outage lasted too long.</exception>
    public async Task<HttpResponseMessage> ExchangeAsync(
        Call call, HttpCompletionOption completion, Outage outage, CancellationToken cancellationToken)
    {
        while (true)
        {
            SessionsException fault;
            TimeSpan? retryAfter = null;
            try
            {
                var response = await AttemptAsync(call, completion, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return response;
                }

                using (response)
                {
                    fault = await Answers.ReadProblemAsync(response, call, cancellationToken);
                    if (!Faults.IsUnavailable(response.StatusCode) || (!call.Repeatable && !WasNotTaken(fault)))
                    {
                        throw fault;
                    }

                    retryAfter = Answers.RetryAfter(response.Headers.RetryAfter, options.TimeProvider);
                }
            }
            catch (Exception e) when (Faults.IsTransport(e))
            {
                cancellationToken.ThrowIfCancellationRequested();
                fault = new SessionsUnreachableException(server, call.SessionId, call.RunId, e);
                if (!call.Repeatable && Faults.MayHaveArrived(e))
                {
                    throw fault;
                }
            }

            await outage.PauseAsync(fault, retryAfter, cancellationToken);
        }
    }

    private static bool WasNotTaken(SessionsException fault) => fault.Code is ProblemCodes.Draining or ProblemCodes.StoreBusy;

    private async Task<HttpResponseMessage> AttemptAsync(
        Call call, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.RequestTimeout + call.Wait, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        using var request = call.ToRequest(server);
        try
        {
            return await http.SendAsync(request, completion, either.Token);
        }
        catch (OperationCanceledException e) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException("No answer in time.", e);
        }
    }
}
