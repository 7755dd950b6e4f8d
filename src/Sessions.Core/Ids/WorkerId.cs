namespace Sessions.Core;

/// <summary>Names a worker that executes runs.</summary>
/// <param name="Value">An <see cref="Identifier"/>.</param>
public readonly record struct WorkerId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
