using System.Text.Json.Serialization;

namespace Sessions.Load;

/// <summary>What a replica's process is to do next; one line of JSON on its standard input.</summary>
/// <param name="Work">What.</param>
/// <param name="Name">Names the round: its sessions are called after it.</param>
/// <param name="Runs">How many runs at most.</param>
/// <param name="Settings">How many at a time, and how long.</param>
internal sealed record ReplicaOrder(ReplicaWork Work, string Name, int Runs, LifecycleSettings Settings)
{
    /// <summary>How many deltas a report carries.</summary>
    public int Batch { get; init; }

    /// <summary>The database server's process, to read its CPU time; 0 when it is on another machine.</summary>
    public int Postmaster { get; init; }
}

/// <summary>Kinds of work.</summary>
internal enum ReplicaWork
{
    /// <summary>Whole runs through the engine's doors: send, claim, complete.</summary>
    Runs,

    /// <summary>The same decisions, each appended to the store; the states are carried along and not loaded.</summary>
    Append,

    /// <summary>The same decisions through the handler: loaded, decided, appended.</summary>
    Handle,

    /// <summary>Output of many running runs.</summary>
    Deltas,

    /// <summary>One send at a time.</summary>
    Sends,
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReplicaOrder))]
[JsonSerializable(typeof(ReplicaRound))]
internal sealed partial class ReplicaJson : JsonSerializerContext;
