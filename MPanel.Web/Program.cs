using MPanel.Web;
using MPanel.Web.Commands;

var code = args switch
{
    _ when Command.Find(args) is { } command => await Command.Run(command, args),
    [var word, ..] when !word.StartsWith('-') => Command.Unknown(word),
    _ => await PanelApp.Run(args),
};

// Said rather than returned: threads of an engine that did not stop in time must not keep the process.
#pragma warning disable RS0030
Environment.Exit(code);
