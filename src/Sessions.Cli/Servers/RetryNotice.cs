using Sessions.Client;

namespace Sessions.Cli;

/// <summary>Tells a person why nothing happens, once.</summary>
internal sealed class RetryNotice(Terminal terminal)
{
    private int _told;

    public void OnRetry(SessionsException fault, TimeSpan pause)
    {
        if (fault is SessionsUnreachableException && Interlocked.Exchange(ref _told, 1) == 0)
        {
            terminal.Error.WriteLine($"{Printable.Line(fault.Message)}; trying again");
        }
    }
}
