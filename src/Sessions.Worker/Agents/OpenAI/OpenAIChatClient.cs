using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Sessions.Worker;

/// <summary>
/// Chat completions of OpenAI or an endpoint that speaks like it, as an <see cref="IChatClient"/>: the official client's
/// transport and authentication, with a reader of its own for the stream. Texts only; it offers the model no tools.
/// </summary>
/// <remarks>
/// Nothing is repeated: a retry is the caller's decision. Faults surface as <see cref="UpstreamException"/>, a
/// cancellation as <see cref="OperationCanceledException"/>; it closes the connection at once.
/// </remarks>
public sealed class OpenAIChatClient : IChatClient
{
    private readonly OpenAIChatClientOptions _options;
    private readonly HttpClient _http;
    private readonly HttpClientPipelineTransport _transport;
    private readonly ChatClient _chat;

    /// <summary>Makes a client; it connects when it is first asked.</summary>
    /// <param name="options">The endpoint.</param>
    /// <exception cref="ArgumentException">An option has a value that it can't have; the message names it.</exception>
    public OpenAIChatClient(OpenAIChatClientOptions options)
    {
        options.Validate();
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = !options.BaseUrl.IsLoopback,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),

            // An answer that nobody wants any more is not read to its end: the endpoint is to stop generating it.
            MaxResponseDrainSize = 16 * 1024,
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(250),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _transport = new HttpClientPipelineTransport(_http);
        _chat = new ChatClient(
            options.Model,
            new ApiKeyCredential(string.IsNullOrEmpty(options.ApiKey) ? OpenAIChatClientOptions.NoKey : options.ApiKey),
            new OpenAIClientOptions
            {
                Endpoint = options.BaseUrl,
                Transport = _transport,
                RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
                NetworkTimeout = options.SilenceTimeout,
            });
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var body = BinaryContent.Create(ChatRequestBody.Write(_options.Model, messages, options));
        await using var updates = AskAsync(body, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                    break;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Not as an inner exception: the client's may quote the key, and this one is logged.
                throw Redacted(UpstreamFaults.From(exception));
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            yield return updates.Current;
        }
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("openai", _options.BaseUrl, _options.Model)
        : serviceType.IsInstanceOfType(this) ? this
        : serviceType.IsInstanceOfType(_chat) ? _chat
        : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _transport.Dispose();
        _http.Dispose();
    }

    private async IAsyncEnumerable<ChatResponseUpdate> AskAsync(
        BinaryContent body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new RequestOptions
        {
            BufferResponse = false,
            CancellationToken = cancellationToken,
            ErrorOptions = ClientErrorBehaviors.NoThrow,
        };
        var result = await _chat.CompleteChatAsync(body, request);
        using var response = result.GetRawResponse();
        if (response.IsError)
            throw UpstreamFaults.FromStatus(response.Status, await ErrorTextAsync(response, cancellationToken));

        var updates = new ChatStreamReader().ReadAsync(response.ContentStream ?? Stream.Null, cancellationToken);
        await foreach (var update in updates)
            yield return update;
    }

    /// <summary>The endpoint's message, or the beginning of whatever it said.</summary>
    private static async Task<string> ErrorTextAsync(PipelineResponse response, CancellationToken cancellationToken)
    {
        var text = (await response.BufferContentAsync(cancellationToken)).ToString();
        try
        {
            using var document = JsonDocument.Parse(text);
            return ChatStreamReader.ErrorMessage(ChatStreamReader.Member(document.RootElement, "error") ?? document.RootElement);
        }
        catch (JsonException)
        {
            return text.Length == 0 ? response.ReasonPhrase : Utf8Text.Cut(text, 1024);
        }
    }

    private UpstreamException Redacted(UpstreamException exception) =>
        string.IsNullOrEmpty(_options.ApiKey) || !exception.Message.Contains(_options.ApiKey, StringComparison.Ordinal)
            ? exception
            : new(exception.Code, exception.Message.Replace(_options.ApiKey, "[key]", StringComparison.Ordinal));
}
