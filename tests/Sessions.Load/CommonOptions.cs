using System.CommandLine;

namespace Sessions.Load;

/// <summary>The options that every scenario has, and the checks that numbers share.</summary>
internal sealed class CommonOptions
{
    public const string Memory = "memory";
    public const string Postgres = "postgres";
    public const string Orleans = "orleans";

    private const string Direct = "direct";

    private readonly Option<bool> _json = new("--json") { Description = "Print one line of JSON instead of the table." };
    private readonly Option<string> _engine = new("--engine") { Description = "The engine.", DefaultValueFactory = _ => Direct };
    private readonly Option<string> _store = new("--store") { Description = "The store." };
    private readonly Option<string> _connection = new("--connection")
    {
        Description = "Store postgres: the server to measure on; a database is made there and dropped. Without it a private server is started.",
    };

    /// <summary>Adds them.</summary>
    /// <param name="command">The scenario.</param>
    /// <param name="stores">The stores that it knows, the default first.</param>
    public static CommonOptions AddTo(Command command, params string[] stores) => AddTo(command, false, stores);

    /// <summary>As <see cref="AddTo(Command, string[])"/>, for a scenario that also knows the engine <c>orleans</c>.</summary>
    public static CommonOptions AddWithOrleansTo(Command command, params string[] stores) => AddTo(command, true, stores);

    public static Option<int> Number(Command command, string name, string description, int byDefault, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            // A value that is no number at all is an error already.
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && (value < least || value > most))
                result.AddError($"{name} must be from {least} to {most}.");
        });
        command.Options.Add(option);
        return option;
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public bool OnPostgres(ParseResult parsed) => parsed.GetValue(_store) == Postgres;

    public bool OnOrleans(ParseResult parsed) => parsed.GetValue(_engine) == Orleans;

    /// <summary>What a server's process is to be told of the engine.</summary>
    public string[] EngineSettings(ParseResult parsed) => [$"--Sessions:Engine={parsed.GetValue(_engine)}"];

    public string? Connection(ParseResult parsed) => parsed.GetValue(_connection);

    private static CommonOptions AddTo(Command command, bool knowsOrleans, string[] stores)
    {
        var common = new CommonOptions();
        common._engine.Validators.Add(result =>
        {
            var engine = result.GetValueOrDefault<string>();
            if (engine != Direct && EngineFault(engine, command.Name, knowsOrleans) is { } fault)
                result.AddError($"--engine {engine}: {fault}");
        });
        common._store.DefaultValueFactory = _ => stores[0];
        common._store.AcceptOnlyFromAmong(stores);
        if (stores.Contains(Postgres))
            command.Options.Add(common._connection);

        command.Options.Add(common._engine);
        command.Options.Add(common._store);
        command.Options.Add(common._json);
        return common;
    }

    private static string? EngineFault(string engine, string scenario, bool knowsOrleans) =>
        engine != Orleans ? "there are 'direct' and 'orleans'."
        : !knowsOrleans ? $"the scenario {scenario} knows 'direct' only."
        : OrleansLoad.Find() is null ? "it is not part of this build; build with EnableOrleans=true."
        : null;
}
