using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>A session's outcome as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.outcome.session")]
internal readonly record struct SessionOutcomeSurrogate(SessionSnapshot Session, bool Created);

/// <summary>A run's outcome as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.outcome.run")]
internal readonly record struct RunOutcomeSurrogate(Run? Run, bool Deduplicated);

/// <summary>An abort's outcome as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.outcome.abort")]
internal readonly record struct AbortOutcomeSurrogate(
    ImmutableArray<RunId> Aborted, ImmutableArray<RunId> AlreadyTerminal, bool Pending);

/// <summary>A sweep's outcome as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.outcome.due")]
internal readonly record struct DueOutcomeSurrogate(int Ended);

[RegisterConverter]
internal sealed class OutcomeConverter :
    IConverter<SessionOutcome, SessionOutcomeSurrogate>, IConverter<SendOutcome, RunOutcomeSurrogate>,
    IConverter<ReportOutcome, RunOutcomeSurrogate>, IConverter<StartOutcome, RunOutcomeSurrogate>,
    IConverter<AbortOutcome, AbortOutcomeSurrogate>, IConverter<DueOutcome, DueOutcomeSurrogate>
{
    SendOutcome IConverter<SendOutcome, RunOutcomeSurrogate>.ConvertFromSurrogate(in RunOutcomeSurrogate surrogate) =>
        new(surrogate.Run!, surrogate.Deduplicated);

    ReportOutcome IConverter<ReportOutcome, RunOutcomeSurrogate>.ConvertFromSurrogate(in RunOutcomeSurrogate surrogate) =>
        new(surrogate.Run!);

    StartOutcome IConverter<StartOutcome, RunOutcomeSurrogate>.ConvertFromSurrogate(in RunOutcomeSurrogate surrogate) =>
        new(surrogate.Run);

    public SessionOutcome ConvertFromSurrogate(in SessionOutcomeSurrogate surrogate) => new(surrogate.Session, surrogate.Created);

    public AbortOutcome ConvertFromSurrogate(in AbortOutcomeSurrogate surrogate) =>
        new(surrogate.Aborted, surrogate.AlreadyTerminal, surrogate.Pending);

    public DueOutcome ConvertFromSurrogate(in DueOutcomeSurrogate surrogate) => new(surrogate.Ended);

    public SessionOutcomeSurrogate ConvertToSurrogate(in SessionOutcome value) => new(value.Session, value.Created);

    public RunOutcomeSurrogate ConvertToSurrogate(in SendOutcome value) => new(value.Run, value.Deduplicated);

    public RunOutcomeSurrogate ConvertToSurrogate(in ReportOutcome value) => new(value.Run, false);

    public RunOutcomeSurrogate ConvertToSurrogate(in StartOutcome value) => new(value.Run, false);

    public AbortOutcomeSurrogate ConvertToSurrogate(in AbortOutcome value) => new(value.Aborted, value.AlreadyTerminal, value.Pending);

    public DueOutcomeSurrogate ConvertToSurrogate(in DueOutcome value) => new(value.Ended);
}
