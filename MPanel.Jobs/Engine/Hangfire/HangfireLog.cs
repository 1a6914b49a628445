using Hangfire.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Hangfire's log lines in ours. Its log is the one thing it keeps in a static: the last host that started has it.</summary>
internal sealed partial class HangfireLog(ILoggerFactory loggers) : ILogProvider
{
    public ILog GetLogger(string name)
    {
        try
        {
            return new Lines(loggers.CreateLogger(name));
        }
        catch (ObjectDisposedException)
        {
            // That host has ended meanwhile.
            return new Lines(NullLogger.Instance);
        }
    }

    private sealed partial class Lines(ILogger logger) : ILog
    {
        public bool Log(global::Hangfire.Logging.LogLevel logLevel, Func<string>? messageFunc, Exception? exception)
        {
            var level = (LogLevel)(int)logLevel;
            if (!logger.IsEnabled(level))
                return false;
            if (messageFunc is null)
                return true;
            var text = messageFunc();
            LogLine(level, exception, text);
            return true;
        }

        [LoggerMessage(Message = "{Text}")]
        private partial void LogLine(LogLevel level, Exception? exception, string text);
    }
}
