using Vmemmap.Tests.Facts;
using Vmemmap.Tests.Manuals;

namespace Vmemmap.Tests.Making;

/// <summary>What no entry can say is refused, with the value and the limit.</summary>
public class UnencodableTests
{
    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void LevelWithoutLeaves_IsRefused(string name)
    {
        Manual manual = AllManuals.Of(name);
        foreach (int level in Enumerable.Range(-1, manual.LevelCount + 2).Where(l => l < 0 || l > manual.LastLevel || !manual.HasLeaves(l)))
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => Maker.Of(name).Leaf(level, 0, true));
            Assert.Equal(("level", level), (error.ParamName, error.ActualValue));
            Assert.Contains($"{name} has no leaf on level {level}", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void AddressInsideTheLeaf_IsRefused(string name)
    {
        Manual manual = AllManuals.Of(name);
        foreach (int level in Enumerable.Range(0, manual.LevelCount).Where(manual.HasLeaves))
        {
            for (int bit = 0; bit < manual.Shift(level); bit++)
            {
                ulong address = 1UL << manual.Shift(level) | 1UL << bit;
                ArgumentException error = Assert.Throws<ArgumentException>(() => Maker.Of(name).Leaf(level, address, false));
                Assert.Equal("physicalAddress", error.ParamName);
                Assert.Contains($"0x{address:x} is not aligned to 0x{1UL << manual.Shift(level):x} bytes", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void TableInsideAPage_IsRefused(string name)
    {
        int pageShift = AllManuals.Of(name).PageShift;
        for (int bit = 0; bit < pageShift; bit++)
        {
            ulong address = 1UL << bit;
            ArgumentException error = Assert.Throws<ArgumentException>(() => Maker.Of(name).Table(address));
            Assert.Equal("tableAddress", error.ParamName);
            Assert.Contains($"0x{address:x} is not aligned to 0x{1UL << pageShift:x} bytes", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void AddressAboveTheHighest_IsRefused(string name)
    {
        Manual manual = AllManuals.Of(name);
        for (int bit = manual.PhysicalAddressBits; bit < 64; bit++)
        {
            ulong address = 1UL << bit;
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => Maker.Of(name).Table(address));
            CheckMessage(error, "tableAddress", address, manual);
            foreach (int level in Enumerable.Range(0, manual.LevelCount).Where(manual.HasLeaves))
            {
                error = Assert.Throws<ArgumentOutOfRangeException>(() => Maker.Of(name).Leaf(level, address, true));
                CheckMessage(error, "physicalAddress", address, manual);
            }
        }
    }

    private static void CheckMessage(ArgumentOutOfRangeException error, string parameter, ulong address, Manual manual)
    {
        Assert.Equal((parameter, address), (error.ParamName, error.ActualValue));
        Assert.Contains($"0x{address:x} has bits above the {manual.PhysicalAddressBits}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"0x{(1UL << manual.PhysicalAddressBits) - 1:x}.", error.Message, StringComparison.Ordinal);
    }
}
