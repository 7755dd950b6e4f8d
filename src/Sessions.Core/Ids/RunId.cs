namespace Sessions.Core;

/// <summary>Names a run within its session.</summary>
/// <param name="Value">An <see cref="Identifier"/>.</param>
public readonly record struct RunId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
