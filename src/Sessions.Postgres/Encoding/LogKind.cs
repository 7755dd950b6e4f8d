namespace Sessions.Postgres;

/// <summary>The numbers of the log's kinds. They are stored, so none is ever used for something else.</summary>
internal enum LogKind : short
{
    Delta = 1,
    Content = 2,
    Notice = 3,
    Tool = 4,
    Created = 5,
    Updated = 6,
    Reset = 7,
    Deleted = 8,
    Queued = 9,
    Started = 10,
    Requeued = 11,
    Completed = 12,
    Failed = 13,
    Aborted = 14,
}
