using System.Text.Json;

namespace Sessions.Gateway.Tests;

/// <summary>A frame as it came: an event, or a comment.</summary>
internal sealed record Frame(long? Id, string? Event, JsonElement Data, string? Comment)
{
    public bool IsPing => Comment is not null;

    public override string ToString() => IsPing ? $":{Comment}" : $"{Id} {Event} {(Event is null ? "" : Data.GetRawText())}";
}
