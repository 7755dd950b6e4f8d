using System.ClientModel;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Sessions.Worker;

/// <summary>Tells what went wrong with a model endpoint, whichever client talked to it.</summary>
internal static class UpstreamFaults
{
    /// <summary>What a client's exception says; of an unknown one, <see cref="UpstreamErrorCodes.Error"/>.</summary>
    public static UpstreamException From(Exception exception) => exception switch
    {
        UpstreamException known => known,
        ClientResultException { Status: > 0 } answer => FromStatus(answer.Status, answer.Message),
        HttpRequestException { StatusCode: { } status } answer => FromStatus((int)status, answer.Message),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
        } => new(UpstreamErrorCodes.Unreachable, $"The endpoint can't be reached: {exception.Message}"),
        HttpRequestException cut => Broken((cut.InnerException ?? cut).Message),
        ClientResultException { InnerException: { } inner } => From(inner),
        OperationCanceledException or TimeoutException =>
            new(UpstreamErrorCodes.Timeout, "The endpoint was silent for too long."),
        IOException cut => Broken(cut.Message),
        JsonException or FormatException => new(
            UpstreamErrorCodes.BrokenStream, $"The endpoint's answer can't be understood: {exception.Message}"),
        _ => new(UpstreamErrorCodes.Error, exception.Message),
    };

    public static UpstreamException FromStatus(int status, string detail) => new(
        status switch
        {
            401 or 403 => UpstreamErrorCodes.Unauthorized,
            404 => UpstreamErrorCodes.NotFound,
            408 => UpstreamErrorCodes.Timeout,
            429 => UpstreamErrorCodes.RateLimited,
            >= 400 and < 500 => UpstreamErrorCodes.Rejected,
            _ => UpstreamErrorCodes.Error,
        },
        $"The endpoint answered {status} {Enum.GetName((HttpStatusCode)status)}: {detail}");

    public static UpstreamException FromContent(ErrorContent error) =>
        new(UpstreamErrorCodes.Error, $"The endpoint reported an error: {error.Message}");

    public static UpstreamException NoEnd() => Broken("it ended without a finish reason");

    private static UpstreamException Broken(string detail) =>
        new(UpstreamErrorCodes.BrokenStream, $"The endpoint's answer was cut off: {detail}");
}
