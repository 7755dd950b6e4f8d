namespace Sessions.Worker;

/// <summary>A model endpoint did not answer as it should. The message holds what it said, never the key.</summary>
/// <param name="code">One of <see cref="UpstreamErrorCodes"/>.</param>
/// <param name="message">What is wrong, with the endpoint's own words where it gave some.</param>
public sealed class UpstreamException(string code, string message) : Exception(message)
{
    /// <summary>One of <see cref="UpstreamErrorCodes"/>.</summary>
    public string Code { get; } = code;
}

/// <summary>Codes of runs that failed since a model endpoint did not answer as it should.</summary>
public static class UpstreamErrorCodes
{
    /// <summary>401, 403: the key is missing, wrong, or not allowed to.</summary>
    public const string Unauthorized = "upstream_unauthorized";

    /// <summary>404: no such path or model.</summary>
    public const string NotFound = "upstream_not_found";

    /// <summary>429: too many requests, or no quota left.</summary>
    public const string RateLimited = "upstream_rate_limited";

    /// <summary>Any other 4xx: the request is not acceptable, for instance too long.</summary>
    public const string Rejected = "upstream_rejected";

    /// <summary>5xx, or an error object within the stream.</summary>
    public const string Error = "upstream_error";

    /// <summary>No connection: refused, no such host, no route, TLS.</summary>
    public const string Unreachable = "upstream_unreachable";

    /// <summary>408, or silent for too long.</summary>
    public const string Timeout = "upstream_timeout";

    /// <summary>The answer was cut off, ended without saying so, or could not be understood.</summary>
    public const string BrokenStream = "upstream_broken_stream";
}
