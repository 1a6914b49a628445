using MPanel.Jobs.Engine;

namespace MPanel.Tests.Unit.Jobs.Engine;

public sealed class ErrorCodeTests
{
    [Theory]
    [InlineData(typeof(HttpRequestException), "http_request_exception")]
    [InlineData(typeof(IOException), "io_exception")]
    [InlineData(typeof(Exception), "exception")]
    [InlineData(typeof(Oddity<int>), "oddity")]
    public void Of_Exception_IsItsTypesNameInSnakeCase(Type type, string code) =>
        Assert.Equal(code, ErrorCode.Of((Exception)Activator.CreateInstance(type)!));

    private sealed class Oddity<T> : Exception;
}
