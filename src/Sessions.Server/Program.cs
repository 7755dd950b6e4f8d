using Sessions.Server;

return await SessionsServer.RunAsync(args);
