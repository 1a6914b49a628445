using MPanel.StripeSimulator;

if (args is ["demo", ..])
    return await Demo.Run(args[1..]);

if (args is ["help" or "--help" or "-h"])
{
    Console.WriteLine(SimulatorSettings.Usage);
    return 0;
}

try
{
    await StripeSimulatorApp.Build(args).RunAsync();
    return 0;
}
catch (SimulatorSettingsException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{SimulatorSettings.Usage}");
    return 2;
}
catch (IOException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
