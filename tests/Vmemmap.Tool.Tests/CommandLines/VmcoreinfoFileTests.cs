using System.Text;
using System.Text.RegularExpressions;
using Vmemmap.Tool.Tests.RealImages;
using Vmemmap.Tool.Tests.Synthetic;

namespace Vmemmap.Tool.Tests.CommandLines;

/// <summary>Mistakes in a file of --vmcoreinfo: each at its line and column, all at once, exit code 2.</summary>
public sealed partial class VmcoreinfoFileTests : IDisposable
{
    private const string Image = "x86_64-6.12-4level-kaslr";

    private readonly string _folder = Directory.CreateTempSubdirectory("vmemmap-vmcoreinfo-").FullName;

    private string File => Path.Combine(_folder, "kernel.vmcoreinfo");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("nothing", 1, "'nothing' is no KEY=VALUE; write it as the kernel does, or remove the line")]
    [InlineData("=1", 1, "'=1' is no KEY=VALUE")]
    [InlineData("SYMBOL(x)=xyz", 11, "SYMBOL(x)=xyz is not a hexadecimal number of 64 bits")]
    [InlineData("SIZE(page)=-64", 12, "SIZE(page)=-64 is not a decimal number")]
    [InlineData("OFFSET(page.flags)=", 20, "OFFSET(page.flags)= is not a decimal number")]
    [InlineData("LENGTH(mem_section)=0x10", 21, "LENGTH(mem_section)=0x10 is not a decimal number")]
    [InlineData("NUMBER(x)=1 ", 11, "NUMBER(x)=1  is not a decimal or 0x hexadecimal number")]
    [InlineData("PAGESIZE=4095", 10, "PAGESIZE=4095 is not a power of two")]
    [InlineData("PAGESIZE=four", 10, "PAGESIZE=four is not a power of two")]
    [InlineData("KERNELOFFSET=12345678123456781", 14, "KERNELOFFSET=12345678123456781 is not a hexadecimal number")]
    [InlineData("BUILD-ID=a\u0001b", 11, "byte 0x01 is no printable character; remove it")]
    [InlineData("PAGESIZE=4096\r", 14, "the line ends with a carriage return")]
    [InlineData("BUILD-ID=\u00e9", 10, "byte 0xc3 is no printable character")]
    public void Mistake_IsToldAtItsLineAndColumn(string line, int column, string mistake)
    {
        Write($"OSRELEASE=6.12.117\n\n{line}\nPAGESIZE=4096\n");
        string said = Assert.Single(Refused());
        Assert.StartsWith($"{File}(3,{column}): error VMM5001: {mistake}", said);
    }

    [Fact]
    public void Mistakes_AreToldAllAtOnce()
    {
        Write("nothing\nPAGESIZE=4096\nSIZE(page)=x\nNUMBER(y)=z\n");
        Assert.Equal([(1, 1), (3, 12), (4, 11)], Refused().Select(Place));
    }

    [Fact]
    public void Mistakes_WithoutEnd_AreCounted()
    {
        Write(string.Concat(Enumerable.Repeat("nothing\n", 1000)));
        string[] said = Refused();
        Assert.Equal(21, said.Length);
        Assert.Equal($"{File}: error VMM5001: 980 more lines are wrong", said[^1]);
    }

    [Fact]
    public void File_OfEndlessLength_IsNotReadToItsEnd()
    {
        Write(new string('x', (1 << 20) + 1));
        ToolRun run = Inspect();
        run.AssertRefused(File);
        Assert.Contains("longer than 1048576 bytes", run.Error);
    }

    /// <summary>The kernel pads its text with NULs.</summary>
    [Fact]
    public void WhatFollowsTheFirstNul_IsNoText()
    {
        Write(System.IO.File.ReadAllText(Path.Combine(Fixture.Root, "tests", "fixtures", $"{Image}.vmcoreinfo.txt")) + "\0\0\u0001nothing\n");
        Assert.Equal(0, Inspect().ExitCode);
    }

    [Fact]
    public void Page_ShowsTheMessage()
    {
        string page = System.IO.File.ReadAllText(Path.Combine(Fixture.Root, "docs", "rules", "VMM5001.md")).ReplaceLineEndings("\n");
        Write(Block("wrong").Match(page).Groups["text"].Value);
        Assert.Equal(Block("message").Match(page).Groups["text"].Value.TrimEnd('\n'), Assert.Single(Refused()).Replace(_folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
        Write(Block("right").Match(page).Groups["text"].Value);
        Assert.DoesNotContain("VMM5001", Inspect().Error);
        Assert.Contains("| [VMM5001](VMM5001.md) | error | A line of VMCOREINFO cannot be read |", System.IO.File.ReadAllText(Path.Combine(Fixture.Root, "docs", "rules", "README.md")));
        Assert.StartsWith("# VMM5001: A line of VMCOREINFO cannot be read\n", page);
    }

    private static Regex Block(string kind) => new($"```text {kind}\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.CultureInvariant);

    private static (int Line, int Column) Place(string said)
    {
        Match match = Located().Match(said);
        return (int.Parse(match.Groups["line"].Value), int.Parse(match.Groups["column"].Value));
    }

    private void Write(string text) => System.IO.File.WriteAllBytes(File, Encoding.UTF8.GetBytes(text));

    private ToolRun Inspect() => ToolRun.Of("inspect", Fixture.Image(Image), "--vmcoreinfo", File);

    private string[] Refused()
    {
        ToolRun run = Inspect();
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        run.AssertNoStackTrace();
        return run.Error.TrimEnd().ReplaceLineEndings("\n").Split('\n');
    }

    [GeneratedRegex(@"\((?<line>\d+),(?<column>\d+)\): error VMM5001: ", RegexOptions.CultureInvariant)]
    private static partial Regex Located();
}
