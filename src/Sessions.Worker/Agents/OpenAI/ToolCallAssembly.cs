using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Sessions.Worker;

/// <summary>Puts tool calls together, whose ids, names and arguments come in fragments.</summary>
internal sealed class ToolCallAssembly
{
    private readonly SortedDictionary<int, Call> _calls = [];

    public void Add(JsonElement fragments)
    {
        foreach (var fragment in fragments.EnumerateArray())
        {
            var index = ChatStreamReader.Member(fragment, "index") is { ValueKind: JsonValueKind.Number } number
                && number.TryGetInt32(out var given) ? given : 0;
            if (!_calls.TryGetValue(index, out var call))
                _calls.Add(index, call = new Call());

            call.Id ??= ChatStreamReader.Text(fragment, "id");
            if (ChatStreamReader.Member(fragment, "function") is { } function)
            {
                call.Name ??= ChatStreamReader.Text(function, "name");
                call.Arguments.Append(ChatStreamReader.Text(function, "arguments"));
            }
        }
    }

    /// <summary>The calls; arguments that are no JSON object come as one argument <c>raw</c>.</summary>
    public IEnumerable<FunctionCallContent> Calls() => _calls.Select(entry => new FunctionCallContent(
        string.IsNullOrEmpty(entry.Value.Id) ? $"call_{entry.Key}" : entry.Value.Id,
        string.IsNullOrEmpty(entry.Value.Name) ? "unnamed" : entry.Value.Name,
        Parse(entry.Value.Arguments.ToString())));

    private static Dictionary<string, object?> Parse(string arguments)
    {
        if (arguments.Length == 0)
            return [];
        try
        {
            using var document = JsonDocument.Parse(arguments);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var parsed = new Dictionary<string, object?>();
                foreach (var property in document.RootElement.EnumerateObject())
                    parsed[property.Name] = property.Value.Clone();
                return parsed;
            }
        }
        catch (JsonException)
        {
        }

        return new() { ["raw"] = arguments };
    }

    private sealed class Call
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
