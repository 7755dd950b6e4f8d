using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>A message to send.</summary>
/// <param name="Text">What is said.</param>
public sealed record Sending(string Text)
{
    /// <summary>The id that the run gets; a new one when null.</summary>
    public RunId? RunId { get; init; }

    /// <summary>The agent named by the sender.</summary>
    public AgentName? Agent { get; init; }

    /// <summary>Makes the send idempotent.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What to do when the session has a run.</summary>
    public IfBusy IfBusy { get; init; }

    /// <summary>How long one attempt may take; the configured time when null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often it may be started when workers are lost.</summary>
    public int MaxAttempts { get; init; } = 1;

    /// <summary>
    /// A hash of what the run will be: everything but <see cref="IfBusy"/>, which is about getting in. Empty without a key,
    /// which alone needs it.
    /// </summary>
    internal string Fingerprint()
    {
        if (IdempotencyKey is null)
            return "";

        var size = Encoding.UTF8.GetMaxByteCount(Text.Length)
            + Encoding.UTF8.GetMaxByteCount((RunId?.Value.Length ?? 0) + (Agent?.Value.Length ?? 0)) + 64;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var used = 0;
            Put(buffer, ref used, Text);
            Put(buffer, ref used, RunId?.Value);
            Put(buffer, ref used, Agent?.Value);
            Put(buffer, ref used, Timeout?.Ticks ?? -1);
            Put(buffer, ref used, MaxAttempts);
            return Convert.ToHexStringLower(SHA256.HashData(buffer.AsSpan(0, used)).AsSpan(0, 16));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Put(byte[] buffer, ref int used, string? text)
    {
        var length = text is null ? 0 : Encoding.UTF8.GetBytes(text, buffer.AsSpan(used + sizeof(long)));
        Put(buffer, ref used, text is null ? -1 : length);
        used += length;
    }

    private static void Put(byte[] buffer, ref int used, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(used), number);
        used += sizeof(long);
    }
}
