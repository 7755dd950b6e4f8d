using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Orleans;

/// <summary>Output on its way to the owner.</summary>
[GenerateSerializer, Immutable, Alias("sessions.owner.write")]
internal sealed record OwnerWrite(RunId Run, long Epoch, long? Batch, ImmutableArray<OutputEvent> Events, TimeSpan LeaseTtl)
{
    public static OwnerWrite Of(OutputWrite write) => new(write.Run, write.Epoch, write.Batch, write.Events, write.LeaseTtl);

    public OutputWrite Read(SessionKey key) => new(key, Run, Epoch, Batch, Events, LeaseTtl);
}

/// <summary>What became of output. The records stay where they were committed: who follows them gets them from there.</summary>
[GenerateSerializer, Immutable, Alias("sessions.owner.output")]
internal sealed record OwnerOutput(OwnerOutput.Fate What, Lease? Lease, long Expected, RunStatus? Status)
{
    public static OwnerOutput Of(OutputResult result) => result switch
    {
        OutputResult.Landed landed => new(Fate.Landed, landed.Lease, 0, null),
        OutputResult.Repeated repeated => new(Fate.Repeated, repeated.Lease, 0, null),
        OutputResult.OutOfOrder disorder => new(Fate.OutOfOrder, null, disorder.Expected, null),
        OutputResult.Lost lost => new(Fate.Lost, null, 0, lost.Status),
        _ => throw new InvalidOperationException("The store's answer to output is of no known kind."),
    };

    public OutputResult Read() => What switch
    {
        Fate.Landed => new OutputResult.Landed([], Lease!),
        Fate.Repeated => new OutputResult.Repeated(Lease!),
        Fate.OutOfOrder => new OutputResult.OutOfOrder(Expected),
        Fate.Lost => new OutputResult.Lost(Status),
        _ => throw new InvalidOperationException($"The owner's answer to output is of the unknown kind {What}."),
    };

    [GenerateSerializer]
    internal enum Fate
    {
        Landed,
        Repeated,
        OutOfOrder,
        Lost,
    }
}
