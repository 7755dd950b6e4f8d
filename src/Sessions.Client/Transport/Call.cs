using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sessions.Client;

/// <summary>One request, as often as it has to be made. The path, with its query, is relative to the base address.</summary>
internal sealed record Call(HttpMethod Method, string Path, string? SessionId = null, string? RunId = null)
{
    private byte[]? _body;

    /// <summary>False when a request that may have arrived must not be made again.</summary>
    public bool Repeatable { get; init; } = true;

    /// <summary>What a long poll adds to the time that an answer may take.</summary>
    public TimeSpan Wait { get; init; }

    public string Accept { get; init; } = "application/json";

    public Call With<T>(T body, JsonTypeInfo<T> type) => this with { _body = JsonSerializer.SerializeToUtf8Bytes(body, type) };

    public HttpRequestMessage ToRequest(Uri server)
    {
        var request = new HttpRequestMessage(Method, new Uri(server, Path));
        request.Headers.Accept.ParseAdd(Accept);
        if (_body is not null)
        {
            request.Content = new ByteArrayContent(_body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        }

        return request;
    }
}
