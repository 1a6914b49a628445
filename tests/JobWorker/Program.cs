using Microsoft.Extensions.Hosting;
using MPanel.Jobs.Engine.Quartz;
using MPanel.Tests.JobWorker;

// worker <engine> <connection string> [<setting>=<value>…]: runs steps until it is told to stop or killed.
var (engine, connectionString) = (args[0], args[1]);
using var host = WorkerHost.Build(
    connectionString,
    runsWorkers: true,
    engine switch
    {
        "quartz" => services => services.AddQuartzEngine(),
        _ => throw new ArgumentException($"No engine {engine}."),
    },
    args[2..].Select(a => a.Split('=', 2)).ToDictionary(a => a[0], string? (a) => a[1])
);
await host.StartAsync();
Console.WriteLine("ready");
await host.WaitForShutdownAsync();
