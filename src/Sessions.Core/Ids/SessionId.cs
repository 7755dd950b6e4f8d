namespace Sessions.Core;

/// <summary>Names a session within its tenant.</summary>
/// <param name="Value">An <see cref="Identifier"/>.</param>
public readonly record struct SessionId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
