namespace Sessions.Worker;

/// <summary>Names one lease: a run and one start of it.</summary>
internal readonly record struct RunKey(string SessionId, string RunId, long Epoch);
