using Npgsql;
using Orleans.Configuration;

namespace Sessions.Load;

/// <summary>The reference for durable decisions: what a grain with persistent state does that writes it once a call.</summary>
[Alias("sessions.load.IStateGrain")]
internal interface IStateGrain : IGrainWithStringKey
{
    /// <summary>Keeps a text, and says how often that was done.</summary>
    [Alias("Keep")]
    Task<long> KeepAsync(string text);
}

/// <summary>What such a grain keeps.</summary>
[GenerateSerializer, Alias("sessions.load.state")]
public sealed class KeptState
{
    /// <summary>How often it was written.</summary>
    [Id(0)]
    public long Version { get; set; }

    /// <summary>What was written last.</summary>
    [Id(1)]
    public string Text { get; set; } = "";
}

internal sealed class StateGrain([PersistentState("kept", StateStorage.Name)] IPersistentState<KeptState> kept) : Grain, IStateGrain
{
    public async Task<long> KeepAsync(string text)
    {
        kept.State.Version++;
        kept.State.Text = text;
        await kept.WriteStateAsync();
        return kept.State.Version;
    }
}

/// <summary>Where such grains keep it: Orleans' AdoNet storage, in the tables that the engine's migrations make.</summary>
internal static class StateStorage
{
    public const string Name = "kept";

    public static void AddStateStorage(this ISiloBuilder silo, string connectionString) =>
        silo.AddAdoNetGrainStorage(Name, (AdoNetGrainStorageOptions options) =>
        {
            options.Invariant = "Npgsql";
            options.ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = "orleans" }.ConnectionString;
        });
}
