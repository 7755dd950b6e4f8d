namespace Sessions.Load;

/// <summary>What the load expects not to be refused.</summary>
internal static class Expected
{
    public static T Expect<T>(this T? value)
        where T : class => value ?? throw new InvalidDataException($"There is no {typeof(T).Name}: it was refused.");
}
