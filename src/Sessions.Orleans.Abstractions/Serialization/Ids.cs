using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>An id as it travels: its text.</summary>
[GenerateSerializer, Immutable, Alias("sessions.id")]
internal readonly record struct IdSurrogate(string Value);

/// <summary>A session's key as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.key")]
internal readonly record struct KeySurrogate(string Tenant, string Session);

[RegisterConverter]
internal sealed class IdConverter :
    IConverter<TenantId, IdSurrogate>, IConverter<SessionId, IdSurrogate>, IConverter<RunId, IdSurrogate>,
    IConverter<AgentName, IdSurrogate>, IConverter<WorkerId, IdSurrogate>, IConverter<SessionKey, KeySurrogate>
{
    TenantId IConverter<TenantId, IdSurrogate>.ConvertFromSurrogate(in IdSurrogate surrogate) => new(surrogate.Value);

    SessionId IConverter<SessionId, IdSurrogate>.ConvertFromSurrogate(in IdSurrogate surrogate) => new(surrogate.Value);

    RunId IConverter<RunId, IdSurrogate>.ConvertFromSurrogate(in IdSurrogate surrogate) => new(surrogate.Value);

    AgentName IConverter<AgentName, IdSurrogate>.ConvertFromSurrogate(in IdSurrogate surrogate) => new(surrogate.Value);

    WorkerId IConverter<WorkerId, IdSurrogate>.ConvertFromSurrogate(in IdSurrogate surrogate) => new(surrogate.Value);

    public SessionKey ConvertFromSurrogate(in KeySurrogate surrogate) => new(new(surrogate.Tenant), new(surrogate.Session));

    public IdSurrogate ConvertToSurrogate(in TenantId value) => new(value.Value);

    public IdSurrogate ConvertToSurrogate(in SessionId value) => new(value.Value);

    public IdSurrogate ConvertToSurrogate(in RunId value) => new(value.Value);

    public IdSurrogate ConvertToSurrogate(in AgentName value) => new(value.Value);

    public IdSurrogate ConvertToSurrogate(in WorkerId value) => new(value.Value);

    public KeySurrogate ConvertToSurrogate(in SessionKey value) => new(value.Tenant.Value, value.Session.Value);
}
