using System.CommandLine;

namespace Sessions.Load;

/// <summary>The options that every scenario has, and the checks that numbers share.</summary>
internal sealed class CommonOptions
{
    public const string Memory = "memory";
    public const string Postgres = "postgres";

    private readonly Option<bool> _json = new("--json") { Description = "Print one line of JSON instead of the table." };
    private readonly Option<string> _engine = new("--engine") { Description = "The engine.", DefaultValueFactory = _ => "direct" };
    private readonly Option<string> _store = new("--store") { Description = "The store." };
    private readonly Option<string> _connection = new("--connection")
    {
        Description = "Store postgres: the server to measure on; a database is made there and dropped. Without it a private server is started.",
    };

    /// <summary>Adds them.</summary>
    /// <param name="command">The scenario.</param>
    /// <param name="stores">The stores that it knows, the default first.</param>
    public static CommonOptions AddTo(Command command, params string[] stores)
    {
        var common = new CommonOptions();
        common._engine.AcceptOnlyFromAmong("direct");
        common._store.DefaultValueFactory = _ => stores[0];
        common._store.AcceptOnlyFromAmong(stores);
        if (stores.Contains(Postgres))
            command.Options.Add(common._connection);

        command.Options.Add(common._engine);
        command.Options.Add(common._store);
        command.Options.Add(common._json);
        return common;
    }

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

    public string? Connection(ParseResult parsed) => parsed.GetValue(_connection);
}
