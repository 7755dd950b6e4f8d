using Sessions.Client;

namespace Sessions.Cli;

/// <summary>Sessions named on the command line.</summary>
internal static class SessionArgument
{
    public static SessionHandle SessionNamed(this SessionsClient client, string id)
    {
        try
        {
            return client.Session(id);
        }
        catch (ArgumentException)
        {
            throw new UsageException($"'{Printable.Line(id)}' is not a session id.");
        }
    }
}
