namespace Sessions.Testing.Postgres;

/// <summary>Where the server's programs are: Debian's place, newest first, or on the PATH.</summary>
internal static class PostgresBinaries
{
    public static string Find(string name)
    {
        const string Debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return versions.OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")).Concat(path)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"There is no '{name}' of PostgreSQL; install it, or set SESSIONS_TEST_POSTGRES.");
    }
}
