using System.Text;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// Turns what one agent yields into items that the wire takes, losing no text: long texts are split between runes, a
/// surrogate pair that is torn apart between two deltas is joined again.
/// </summary>
internal sealed class OutputShaper
{
    /// <summary>Below the wire's limit by what else counts as an item's text, its type and phase.</summary>
    internal const int ItemBytes = Limits.OutputItemBytes - 1024;

    private string _carry = "";

    /// <summary>True once text of the transcript went out.</summary>
    public bool HasText { get; private set; }

    public IEnumerable<OutputItem> Shape(AgentOutput output) => output switch
    {
        AgentOutput.Delta { Text: { } text } => Delta(text),
        AgentOutput.Content { Text: { } text } => Flush().Concat(Content(text)),
        AgentOutput.Notice { Text: { } text } => Flush().Concat(Texts(OutputTypes.Notice, text)),
        AgentOutput.Tool tool => Flush().Append(ToolItems.Shape(tool)),
        AgentOutput.Completion => throw new ArgumentException("A completion is not an item.", nameof(output)),
        _ => throw new AgentException(RunErrorCodes.AgentError, $"The agent yielded a {output.GetType().Name} without a text."),
    };

    /// <summary>What is held back for a next delta that will not come.</summary>
    public IEnumerable<OutputItem> Flush()
    {
        var carry = _carry;
        _carry = "";
        return Text(OutputTypes.Delta, carry);
    }

    private IEnumerable<OutputItem> Delta(string text)
    {
        text = _carry + text;
        var torn = text.Length > 0 && char.IsHighSurrogate(text[^1]);
        _carry = torn ? text[^1..] : "";
        return Text(OutputTypes.Delta, torn ? text[..^1] : text);
    }

    private IEnumerable<OutputItem> Content(string text) =>
        Text(Encoding.UTF8.GetByteCount(text) <= ItemBytes ? OutputTypes.Content : OutputTypes.Delta, text);

    private IEnumerable<OutputItem> Text(string type, string text)
    {
        HasText |= text.Length > 0;
        return Texts(type, text);
    }

    private static IEnumerable<OutputItem> Texts(string type, string text) =>
        Utf8Text.Split(Utf8Text.WellFormed(text), ItemBytes).Select(piece => new OutputItem { Type = type, Text = piece });
}
