namespace Sessions.Core;

/// <summary>Names a session everywhere: the actor's key, <c>tenant/session</c>.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Session">The session within it.</param>
public readonly record struct SessionKey(TenantId Tenant, SessionId Session)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Tenant}/{Session}";
}
