namespace Sessions.Core;

/// <summary>Names an agent that answers runs.</summary>
/// <param name="Value">An <see cref="Identifier"/>.</param>
public readonly record struct AgentName(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
