using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Writes frames: LF line ends, one data line each.</summary>
internal static class SseFrames
{
    public static readonly byte[] Ping = ": ping\n\n"u8.ToArray();

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = ProtocolJson.Wire.Options.Encoder,
        SkipValidation = true,
    };

    public static byte[] Frame<T>(string name, T data, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(buffer, null, name, data, type);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The frames of a commit, made once for all who read it.</summary>
    public static RenderedCommit Render(Commit commit)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var ends = new int[commit.Records.Length];
        for (var at = 0; at < ends.Length; at++)
        {
            var record = commit.Records[at];
            Write(buffer, record.Seq, EventMapping.TypeOf(record.Event), record.ToResource(commit.Key), ProtocolJson.Wire.EventResource);
            ends[at] = buffer.WrittenCount;
        }

        return new RenderedCommit(buffer.WrittenSpan.ToArray(), ends);
    }

    private static void Write<T>(ArrayBufferWriter<byte> buffer, long? id, string name, T data, JsonTypeInfo<T> type)
    {
        if (id is { } seq)
        {
            buffer.Write("id: "u8);
            var digits = buffer.GetSpan(20);
            seq.TryFormat(digits, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
            buffer.Advance(written);
            buffer.Write("\n"u8);
        }

        buffer.Write("event: "u8);
        Encoding.UTF8.GetBytes(name, buffer);
        buffer.Write("\ndata: "u8);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            JsonSerializer.Serialize(writer, data, type);

        buffer.Write("\n\n"u8);
    }
}

/// <summary>The frames of a commit.</summary>
/// <param name="bytes">All of them.</param>
/// <param name="ends">Where each record's frame ends.</param>
internal sealed class RenderedCommit(byte[] bytes, int[] ends)
{
    public ReadOnlyMemory<byte> All => bytes;

    public ReadOnlyMemory<byte> Of(int record) => bytes.AsMemory((record == 0 ? 0 : ends[record - 1])..ends[record]);
}
