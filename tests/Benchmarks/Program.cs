Console.WriteLine("MPanel benchmarks");
