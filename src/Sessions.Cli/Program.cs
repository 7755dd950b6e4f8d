using Sessions.Cli;

using var terminal = Terminal.System();
return await new App(terminal).RunAsync(args);
