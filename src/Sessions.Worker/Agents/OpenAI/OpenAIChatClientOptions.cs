namespace Sessions.Worker;

/// <summary>Which chat completions endpoint to ask, and how. A class and no record: its text never shows the key.</summary>
public sealed class OpenAIChatClientOptions
{
    /// <summary>What is sent as the key when there is none; endpoints on the own machine mostly want something there.</summary>
    internal const string NoKey = "none";

    /// <summary>The API's base, with its version, as <c>http://127.0.0.1:1234/v1</c>. Default: OpenAI's own.</summary>
    public Uri BaseUrl { get; init; } = new("https://api.openai.com/v1");

    /// <summary>The API key; null or empty when the endpoint needs none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The model's name. Default: <c>gpt-4o-mini</c>.</summary>
    public string Model { get; init; } = "gpt-4o-mini";

    /// <summary>How long the endpoint may stay silent, before its answer and within it: 1 s to 1 h. Default: 5 min.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Throws, naming the option, when one has a value that it can't have.</summary>
    /// <exception cref="ArgumentException">One has.</exception>
    public void Validate()
    {
        if (BaseUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            throw new ArgumentException($"{nameof(BaseUrl)} must be an absolute http or https URL.");
        if (string.IsNullOrWhiteSpace(Model))
            throw new ArgumentException($"{nameof(Model)} must not be empty.");
        if (SilenceTimeout < TimeSpan.FromSeconds(1) || SilenceTimeout > TimeSpan.FromHours(1))
            throw new ArgumentException($"{nameof(SilenceTimeout)} must be 1 s to 1 h.");
        if (ApiKey?.Any(c => c is < ' ' or > '~') == true)
            throw new ArgumentException($"{nameof(ApiKey)} must be printable ASCII.");
    }
}
