using MPanel.NodeAgent.Node;

namespace MPanel.Tests.Unit.NodeAgent.Node;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mpanel-unit-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Write_OverAFile_LeavesTheNewOneAlone()
    {
        var path = Path.Combine(_directory, "kept.json");

        DurableFile.Write(path, "old"u8, DurableFile.Private);
        DurableFile.Write(path, "new"u8, DurableFile.Private);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_directory));
    }

    [Fact]
    public void Write_ThatFails_LeavesNothingBehind()
    {
        var path = Path.Combine(_directory, "kept.json");
        // What is to be replaced is no file.
        Directory.CreateDirectory(Path.Combine(path, "below"));

        Assert.ThrowsAny<IOException>(() => DurableFile.Write(path, "new"u8, DurableFile.Private));

        Assert.Empty(Directory.GetFiles(_directory));
    }
}
