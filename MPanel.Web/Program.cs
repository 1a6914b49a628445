using MPanel.Web;
using MPanel.Web.Commands;

return await (Command.Find(args) is { } command ? Command.Run(command, args) : PanelApp.Run(args));
