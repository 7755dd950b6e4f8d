using System.Globalization;

namespace Sessions.Load;

/// <summary>The CPU time of a database server on this machine: of its processes, and of those that have ended.</summary>
internal static class ServerCpu
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds so far; NaN when the server is not on this machine.</summary>
    public static double Seconds(int postmaster)
    {
        if (postmaster == 0 || Fields(postmaster) is not { } own)
            return double.NaN;

        // utime and stime of all, cutime and cstime of the parent for the children that it has outlived.
        var ticks = own[11] + own[12] + own[13] + own[14];
        foreach (var child in ChildrenOf(postmaster))
        {
            if (Fields(child) is { } fields)
                ticks += fields[11] + fields[12];
        }

        return ticks / TicksPerSecond;
    }

    /// <summary>The parent of a process of this machine that is PostgreSQL's; 0 when it is not.</summary>
    public static int ParentOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").StartsWith("postgres", StringComparison.Ordinal) && Fields(process) is { } fields
                ? (int)fields[1]
                : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static IEnumerable<int> ChildrenOf(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture));

    /// <summary>The fields behind the name, the state first.</summary>
    private static long[]? Fields(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return [.. stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Take(20).Select(
                (field, at) => at == 0 ? 0 : long.Parse(field, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
