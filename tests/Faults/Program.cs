using MPanel.Faults;

return await FaultProgram.Run(args);
