using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>
/// What a batch writes to one session: output of one run and epoch, numbered without gaps or not at all, and one decision.
/// What does not fit waits for the next batch, and what comes after it of the same kind waits behind it.
/// </summary>
internal sealed class SessionSlot(SessionKey key)
{
    private bool _outputClosed;

    public SessionKey Key => key;

    public List<OutputRequest> Outputs { get; } = [];

    public DecisionRequest? Decision { get; private set; }

    /// <summary>The first number of the numbered output.</summary>
    public long? First { get; private set; }

    /// <summary>The last number of the numbered output.</summary>
    public long? Last { get; private set; }

    /// <summary>How many of the outputs have no number.</summary>
    public int Uncounted { get; private set; }

    /// <summary>How many log rows the output is.</summary>
    public int Events { get; private set; }

    public bool TryAdd(WriteRequest request) => request switch
    {
        OutputRequest output => TryAdd(output),
        DecisionRequest decision => TryAdd(decision),
        _ => throw new InvalidOperationException($"A {request.GetType().Name} is no write."),
    };

    private bool TryAdd(DecisionRequest decision)
    {
        if (Decision is not null)
            return false;

        Decision = decision;
        return true;
    }

    private bool TryAdd(OutputRequest output)
    {
        if (_outputClosed || !Fits(output))
        {
            _outputClosed = true;
            return false;
        }

        if (output.Write.Batch is { } number)
        {
            First ??= number;
            Last = number;
        }
        else
        {
            Uncounted++;
        }

        Events += output.Rows.Length;
        Outputs.Add(output);
        return true;
    }

    private bool Fits(OutputRequest output)
    {
        if (Outputs.Count == 0)
            return true;

        var first = Outputs[0].Write;
        if (first.Run != output.Write.Run || first.Epoch != output.Write.Epoch)
            return false;

        // Rows with and without a number do not mix: which of them are new would not be a matter of the number alone.
        return output.Write.Batch is { } number
            ? Last is { } last ? number == last + 1 : Events == 0
            : output.Rows.Length == 0 || First is null;
    }
}
