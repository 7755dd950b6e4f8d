using System.Runtime.CompilerServices;
using System.Text;

namespace Sessions.Worker;

/// <summary>Plain text as deltas: each what there was to read, decoded across the borders of reads, invalid bytes replaced.</summary>
internal static class TextOutput
{
    private const int ReadBytes = 16 * 1024;

    public static async IAsyncEnumerable<AgentOutput> ReadAsync(
        ChildOutput output, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[ReadBytes];
        var chars = new char[Encoding.UTF8.GetMaxCharCount(ReadBytes)];
        int read;
        do
        {
            read = await output.ReadAsync(bytes, cancellationToken);
            var length = decoder.GetChars(bytes.AsSpan(0, read), chars, flush: read == 0);
            if (length > 0)
                yield return new AgentOutput.Delta(new string(chars, 0, length));
        }
        while (read > 0);
    }
}
