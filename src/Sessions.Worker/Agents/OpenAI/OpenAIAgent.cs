using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// Answers with a chat model, streamed; the transcript is the model's context. Any <see cref="IChatClient"/> will do,
/// <see cref="OpenAIChatClient"/> being the one for OpenAI and endpoints that speak like it.
/// </summary>
/// <remarks>
/// Fails with <see cref="UpstreamErrorCodes"/>, in the phase <c>start</c> as long as there was no output. An answer
/// without a finish reason is broken, not complete.
/// </remarks>
/// <param name="client">The model; not disposed of.</param>
public sealed class OpenAIAgent(IChatClient client) : IAgent
{
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <inheritdoc/>
    public async IAsyncEnumerable<AgentOutput> RunAsync(
        AgentRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var begun = false;
        UsageDetails? usage = null;
        ChatFinishReason? finishReason = null;
        await using var updates = Guarded(
            () => client.GetStreamingResponseAsync(Context(run), null, cancellationToken).GetAsyncEnumerator(cancellationToken),
            cancellationToken);
        while (await NextAsync(updates, begun, cancellationToken))
        {
            finishReason = updates.Current.FinishReason ?? finishReason;
            foreach (var content in updates.Current.Contents)
            {
                switch (content)
                {
                    case TextContent { Text.Length: > 0 } text:
                        begun = true;
                        yield return new AgentOutput.Delta(text.Text);
                        break;
                    case FunctionCallContent call:
                        begun = true;
                        yield return new AgentOutput.Tool(
                            call.CallId, call.Name, ToolPhases.Started, Arguments: ToJson(call.Arguments));
                        break;
                    case FunctionResultContent result:
                        begun = true;
                        yield return new AgentOutput.Tool(
                            result.CallId, "function", ToolPhases.Result, Result: ToJson(result.Result));
                        break;
                    case UsageContent { Details: { } details }:
                        (usage ??= new UsageDetails()).Add(details);
                        break;
                    case ErrorContent error:
                        throw Failure(UpstreamFaults.FromContent(error), begun);
                }
            }
        }

        if (finishReason is not { } reason)
            throw Failure(UpstreamFaults.NoEnd(), begun);
        if (reason == ChatFinishReason.Length)
            yield return new AgentOutput.Notice("The model reached its length limit; the answer is cut off.");
        else if (reason == ChatFinishReason.ContentFilter)
            yield return new AgentOutput.Notice("A content filter cut the answer off.");
        yield return new AgentOutput.Completion(Usage: UsageJson(usage));
    }

    /// <summary>The transcript without empty messages; what an aborted or failed run had said by then is part of it.</summary>
    private static List<ChatMessage> Context(AgentRun run)
    {
        var context = new List<ChatMessage>();
        foreach (var message in run.Messages)
        {
            if (message.Text.Length > 0)
                context.Add(new(message.Role == MessageRoles.Assistant ? ChatRole.Assistant : ChatRole.User, message.Text));
        }

        if (!run.Messages.Any(message => message.Role == MessageRoles.User && message.RunId == run.Run.Id))
            context.Add(new(ChatRole.User, run.Run.Input.Text));
        return context;
    }

    private static async ValueTask<bool> NextAsync(
        IAsyncEnumerator<ChatResponseUpdate> updates, bool begun, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure(UpstreamFaults.From(exception), begun);
        }
    }

    private static T Guarded<T>(Func<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure(UpstreamFaults.From(exception), begun: false);
        }
    }

    private static AgentException Failure(UpstreamException fault, bool begun) =>
        new(fault.Code, fault.Message, begun ? FailPhases.Run : FailPhases.Start, fault);

    private static JsonElement? ToJson(object? value) =>
        value is null ? null : JsonSerializer.SerializeToElement(value, Compact.GetTypeInfo(typeof(object)));

    private static JsonElement? UsageJson(UsageDetails? usage)
    {
        var json = new JsonObject();
        Add("inputTokens", usage?.InputTokenCount);
        Add("outputTokens", usage?.OutputTokenCount);
        Add("totalTokens", usage?.TotalTokenCount);
        if (json.Count == 0)
            return null;
        using var document = JsonDocument.Parse(json.ToJsonString());
        return document.RootElement.Clone();

        void Add(string name, long? count)
        {
            if (count is not null)
                json[name] = count;
        }
    }
}
