using System.Text;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>What a completion may carry as its text.</summary>
internal static class CompletionText
{
    public static readonly string TooLarge =
        $"The agent's completion is over {Limits.MessageTextBytes} bytes and would have replaced what it streamed.";

    /// <summary>Within a message's limit, and within a body's even if the encoder escapes nearly everything.</summary>
    public static bool Fits(string text) =>
        Encoding.UTF8.GetByteCount(text) <= Limits.MessageTextBytes && Utf8Text.EncodedBound(text) <= OutputQueue.BatchBytes;
}
