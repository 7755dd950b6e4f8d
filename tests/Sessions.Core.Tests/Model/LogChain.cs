namespace Sessions.Core.Tests.Model;

/// <summary>A log that branches share: a record and what was before it.</summary>
internal sealed record LogChain(LogRecord Record, LogChain? Before)
{
    public static LogRecord[] ToArray(LogChain? chain)
    {
        var records = new List<LogRecord>();
        for (; chain is not null; chain = chain.Before)
            records.Add(chain.Record);

        records.Reverse();
        return [.. records];
    }
}
