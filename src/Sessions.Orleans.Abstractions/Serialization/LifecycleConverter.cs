using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

[RegisterConverter]
internal sealed class LifecycleConverter :
    IConverter<SessionCreated, LifecycleSurrogate>, IConverter<SessionUpdated, LifecycleSurrogate>,
    IConverter<SessionReset, LifecycleSurrogate>, IConverter<SessionDeleted, LifecycleSurrogate>
{
    SessionCreated IConverter<SessionCreated, LifecycleSurrogate>.ConvertFromSurrogate(in LifecycleSurrogate surrogate) =>
        new(surrogate.Agent, surrogate.Title, FlatMetadata.Read(surrogate.Metadata)!) { Session = surrogate.Session };

    SessionUpdated IConverter<SessionUpdated, LifecycleSurrogate>.ConvertFromSurrogate(in LifecycleSurrogate surrogate) =>
        new(
            surrogate.Title, FlatMetadata.Read(surrogate.Metadata)!,
            surrogate.AbortKey is { } key ? new PendingAbort(key, surrogate.AbortReason) : null)
        {
            Session = surrogate.Session,
        };

    SessionReset IConverter<SessionReset, LifecycleSurrogate>.ConvertFromSurrogate(in LifecycleSurrogate surrogate) =>
        new() { Session = surrogate.Session };

    SessionDeleted IConverter<SessionDeleted, LifecycleSurrogate>.ConvertFromSurrogate(in LifecycleSurrogate surrogate) =>
        new() { Session = surrogate.Session };

    public LifecycleSurrogate ConvertToSurrogate(in SessionCreated value) =>
        new(value.Session, value.Agent, value.Title, FlatMetadata.Of(value.Metadata), null, default);

    public LifecycleSurrogate ConvertToSurrogate(in SessionUpdated value) => new(
        value.Session, default, value.Title, FlatMetadata.Of(value.Metadata), value.Abort?.Key, value.Abort?.Reason ?? default);

    public LifecycleSurrogate ConvertToSurrogate(in SessionReset value) => new(value.Session, default, null, default, null, default);

    public LifecycleSurrogate ConvertToSurrogate(in SessionDeleted value) => new(value.Session, default, null, default, null, default);
}
