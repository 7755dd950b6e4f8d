namespace Sessions.Load;

internal static class ExitCodes
{
    public const int Fine = 0;

    /// <summary>Something was lost, doubled or out of order.</summary>
    public const int Faulty = 1;

    public const int Usage = 2;
}
