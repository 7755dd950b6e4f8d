namespace Sessions.Server;

/// <summary>What the engine <c>orleans</c> is configured with, under <c>Sessions:Orleans</c>.</summary>
/// <param name="IsClient">True for a gateway alone (<c>Role=client</c>); by default the process is a silo with its gateway.</param>
/// <param name="Cluster">Names the cluster, for those that share a database. Default <c>sessions</c>.</param>
/// <param name="SiloPort">Where silos reach this one, on loopback. Default 11111, 0 for a free one with <c>postgres</c>.</param>
/// <param name="GatewayPort">Where clients reach it, on loopback. Default 30000, 0 for a free one with <c>postgres</c>.</param>
public sealed record OrleansSettings(bool IsClient, string Cluster, int SiloPort, int GatewayPort);

public sealed partial record ServerSettings
{
    internal const string OrleansEngine = "orleans";

    /// <summary>Null with another engine.</summary>
    internal OrleansSettings? Orleans { get; private set; }

    static partial void AddEngines(ref string[] engines, ref string? otherwise) =>
        (engines, otherwise) = ([.. engines, OrleansEngine], null);

    partial void Check(SettingsReader sessions)
    {
        if (EngineName != OrleansEngine)
            return;

        var orleans = sessions.Within("Orleans");
        var isClient = orleans.Word("Role", "silo", ["silo", "client"]) == "client";
        if (isClient && Store == MemoryStore)
            throw orleans.Bad("Role", "a client reads from the silos' store, which has to be 'postgres'.");

        var isShared = Store == PostgresStore;
        Orleans = new OrleansSettings(
            isClient,
            orleans.Text("Cluster") ?? "sessions",
            orleans.Number("SiloPort", isShared ? 0 : 11111, 0, 65535),
            orleans.Number("GatewayPort", isShared ? 0 : 30000, 0, 65535));
    }
}
