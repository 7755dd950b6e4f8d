using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Reads a claim.</summary>
internal static class ClaimRequests
{
    private const int MaxAgents = 100;

    public static Claim Read(ClaimRequest request)
    {
        if (request.Agents is not { Count: > 0 and <= MaxAgents })
            throw ProblemException.Invalid("agents", string.Create(CultureInfo.InvariantCulture, $"'agents' must name 1 to {MaxAgents} agents."));

        return new Claim(
            Fields.Tenant,
            Fields.Worker(request.WorkerId),
            request.Agents.Select((agent, at) => Fields.Agent(agent, string.Create(CultureInfo.InvariantCulture, $"agents[{at}]"))).ToFrozenSet(),
            (int)Fields.Number(request.Max, "max", 1, Limits.ClaimMax, 1),
            TimeSpan.FromSeconds(Fields.Number(request.WaitSeconds, "waitSeconds", 0, Limits.WaitSeconds, 0)));
    }
}

/// <summary>Reads output items.</summary>
internal static class OutputItems
{
    public static ImmutableArray<OutputEvent> Read(RunId run, IReadOnlyList<OutputItem?>? items)
    {
        if (items is not { Count: > 0 and <= Limits.OutputItems })
            throw ProblemException.Invalid("items", string.Create(CultureInfo.InvariantCulture, $"'items' must have 1 to {Limits.OutputItems} items."));

        var output = ImmutableArray.CreateBuilder<OutputEvent>(items.Count);
        for (var at = 0; at < items.Count; at++)
            output.Add(Read(run, items[at], string.Create(CultureInfo.InvariantCulture, $"items[{at}]")));

        return output.MoveToImmutable();
    }

    private static OutputEvent Read(RunId run, OutputItem? item, string field)
    {
        if (item is null)
            throw ProblemException.Invalid(field, "An item must be an object.");

        return item.Type switch
        {
            OutputTypes.Delta => new RunDelta(run, Text(item, field)),
            OutputTypes.Content => new RunContent(run, Text(item, field)),
            OutputTypes.Notice => new RunNotice(run, Text(item, field)),
            OutputTypes.Tool => Tool(run, item, field),
            _ => throw ProblemException.Invalid($"{field}.type", $"'{field}.type' must be one of: delta, content, tool, notice."),
        };
    }

    private static string Text(OutputItem item, string field) =>
        Fields.Text(item.Text, $"{field}.text", Limits.OutputItemBytes, ProblemCodes.OutputItemTooLarge);

    private static RunTool Tool(RunId run, OutputItem item, string field)
    {
        var id = Fields.Text(item.ToolCallId, $"{field}.toolCallId", Limits.TitleBytes);
        var name = Fields.Text(item.Name, $"{field}.name", Limits.TitleBytes);
        var arguments = FreeJson.Read(item.Arguments, $"{field}.arguments");
        var result = FreeJson.Read(item.Result, $"{field}.result");
        if (Encoding.UTF8.GetByteCount(arguments ?? "") + Encoding.UTF8.GetByteCount(result ?? "") > Limits.OutputItemBytes)
        {
            throw ProblemException.Of(
                ProblemCodes.OutputItemTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"An output item has at most {Limits.OutputItemBytes} bytes."),
                field);
        }

        return new RunTool(run, id, name, Words.ToolPhase(item.Phase, $"{field}.phase"), arguments, result);
    }
}

/// <summary>Reads the parts of terminal reports.</summary>
internal static class ReportFields
{
    public static string? Usage(JsonElement? usage)
    {
        if (FreeJson.Read(usage, "usage") is not { } json)
            return null;

        if (usage!.Value.ValueKind != JsonValueKind.Object)
            throw ProblemException.Invalid("usage", "'usage' must be an object.");

        Fields.AtMost(json, "usage", Limits.UsageBytes, ProblemCodes.TextTooLarge);
        return json;
    }

    public static RunError Error(FailRequest request)
    {
        if (request.Code is not { Length: > 0 and <= Limits.ErrorCodeLength })
        {
            throw ProblemException.Invalid(
                "code", string.Create(CultureInfo.InvariantCulture, $"'code' must have 1 to {Limits.ErrorCodeLength} characters."));
        }

        var message = request.Message ?? "";
        Fields.AtMost(message, "message", Limits.ErrorMessageBytes, ProblemCodes.TextTooLarge);
        return new RunError(request.Code, message);
    }
}
