using System.CommandLine;
using Sessions.Load;

var root = new RootCommand("Loads the control plane and checks what came of it: figures beside a bare reference of the same run.");
root.Subcommands.Add(LifecycleCommand.Create());
root.Subcommands.Add(FanoutCommand.Create());
root.Subcommands.Add(DeltaCommand.Create());
root.Subcommands.Add(LatencyCommand.Create());
root.Subcommands.Add(ListCommand.Create());
root.Subcommands.Add(ColdStartCommand.Create());
root.Subcommands.Add(ProcessExitCommand.Create());
root.Subcommands.Add(WorkerDeathCommand.Create());
root.Subcommands.Add(AbortCommand.Create());
root.Subcommands.Add(WakeUpCommand.Create());
root.Subcommands.Add(StreamsCommand.Create());
foreach (var command in OrleansLoad.Find()?.Commands ?? [])
    root.Subcommands.Add(command);

root.Subcommands.Add(ServeCommand.Create());
root.Subcommands.Add(ReplicaCommand.Create());
root.Subcommands.Add(WorkCommand.Create());

var parsed = root.Parse(args);
foreach (var error in parsed.Errors)
    await Console.Error.WriteLineAsync(error.Message);

return parsed.Errors.Count > 0 ? ExitCodes.Usage : await parsed.InvokeAsync();
