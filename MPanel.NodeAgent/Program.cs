using System.Globalization;
using MPanel.NodeAgent;
using MPanel.Settings;

const int BadSettings = 2;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--version"])
{
    Console.WriteLine($"MPanel.NodeAgent {AgentVersion.Current}");
    return 0;
}

var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
AgentOptions options;
try
{
    options = builder.Configuration.GetSection(AgentOptions.Section).Get<AgentOptions>() ?? new AgentOptions();
}
catch (InvalidOperationException e)
{
    return Refuse([e.Message]);
}
if (SettingCheck.Problems(AgentOptions.Section, options) is { Count: > 0 } problems)
    return Refuse(problems);
builder.AddAgentLogging(options);
builder.AddAgent(options);
using var host = builder.Build();
var (ownLock, problem) = AgentStart.Prepare(host.Services);
if (problem is not null)
    return Refuse([problem]);
using (ownLock)
    await host.RunAsync();
return 0;

static int Refuse(IEnumerable<string> problems)
{
    foreach (var problem in problems)
        Console.Error.WriteLine($"The agent cannot start: {problem}");
    return BadSettings;
}
