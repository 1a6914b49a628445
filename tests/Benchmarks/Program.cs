using MPanel.Benchmarks;

return await BenchRun.Run(args);
