namespace Sessions.Core;

/// <summary>Names a tenant: sessions of different tenants never see each other.</summary>
/// <param name="Value">An <see cref="Identifier"/>.</param>
public readonly record struct TenantId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
