using MPanel.Web;
using MPanel.Web.Commands;

return args switch
{
    _ when Command.Find(args) is { } command => await Command.Run(command, args),
    [var word, ..] when !word.StartsWith('-') => Command.Unknown(word),
    _ => await PanelApp.Run(args),
};
