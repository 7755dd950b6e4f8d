namespace Sessions.Client;

/// <summary>The values of <see cref="SessionsException.Code"/> that the client itself gives.</summary>
public static class ClientCodes
{
    /// <summary>No answer came: see <see cref="SessionsUnreachableException"/>.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>Streams kept breaking: see <see cref="SessionsStreamException"/>.</summary>
    public const string StreamInterrupted = "stream_interrupted";

    /// <summary>The answer is none that this API gives; something else may be listening there.</summary>
    public const string UnexpectedAnswer = "unexpected_answer";
}
