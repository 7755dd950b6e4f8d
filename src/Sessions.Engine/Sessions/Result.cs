using System.Diagnostics.CodeAnalysis;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>What was asked for, or why not.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
public readonly record struct Result<T>
    where T : notnull
{
    internal Result(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    /// <summary>What was asked for.</summary>
    public T? Value { get; }

    /// <summary>Why not.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True when it was refused.</summary>
    [MemberNotNullWhen(true, nameof(Refusal))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsRefused => Refusal is not null;
}

/// <summary>Makes results.</summary>
public static class Result
{
    /// <summary>What was asked for.</summary>
    public static Result<T> Of<T>(T value)
        where T : notnull => new(value, null);

    /// <summary>Why not.</summary>
    public static Result<T> Refused<T>(Refusal refusal)
        where T : notnull => new(default, refusal);
}
