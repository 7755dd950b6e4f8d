namespace Sessions.Worker.Tests;

/// <summary>Reads the system's processes.</summary>
internal static class Processes
{
    /// <summary>The living processes of a group, as <c>/proc</c> describes them; dead ones that nobody has reaped are left out.</summary>
    public static IReadOnlyList<string> OfGroup(int group) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Stat).OfType<string>().Where(stat =>
        {
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is not ("Z" or "X") && fields[2] == $"{group}";
        }),
    ];

    public static Task AreGoneAsync(int group) =>
        Eventually.True(() => OfGroup(group).Count == 0, () => string.Join('\n', OfGroup(group)));

    private static string? Stat(string folder)
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(folder)[0]) ? File.ReadAllText(Path.Combine(folder, "stat")) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
