using Microsoft.Extensions.Hosting;
using MPanel.Tests.JobWorker;

// worker <connection string> [<setting>=<value>…]: runs steps until it is told to stop or killed.
using var host = WorkerHost.Build(
    args[0],
    runsWorkers: true,
    args[1..].Select(a => a.Split('=', 2)).ToDictionary(a => a[0], string? (a) => a[1])
);
await host.StartAsync();
Console.WriteLine("ready");
await host.WaitForShutdownAsync();
