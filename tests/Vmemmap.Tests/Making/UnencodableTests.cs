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
            foreach (Action make in Leaves(Maker.Of(name), level, 0, [false, true]))
            {
                ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(make);
                Assert.Equal(("level", level), (error.ParamName, error.ActualValue));
                Assert.Contains($"{name} has no leaf on level {level}", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void GroupOnALevelWithoutGroups_IsRefused(string name)
    {
        Manual manual = AllManuals.Of(name);
        foreach (int level in Enumerable.Range(0, manual.LevelCount).Where(l => manual.HasLeaves(l) && manual.GroupCount(l) == 1))
        {
            ArgumentOutOfRangeException error =
                Assert.Throws<ArgumentOutOfRangeException>(() => Maker.Of(name).UserLeaf(level, 0, true, true));
            Assert.Equal(("level", level), (error.ParamName, error.ActualValue));
            Assert.Contains($"{name} has no contiguous groups on level {level}; 0 is the root", error.Message, StringComparison.Ordinal);
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
                foreach (Action make in Leaves(Maker.Of(name), level, address, Groups(manual, level)))
                {
                    ArgumentException error = Assert.Throws<ArgumentException>(make);
                    Assert.Equal("physicalAddress", error.ParamName);
                    Assert.Contains(
                        $"0x{address:x} is not aligned to 0x{1UL << manual.Shift(level):x} bytes", error.Message, StringComparison.Ordinal);
                }
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
            foreach (Func<ulong, ulong> make in Tables(Maker.Of(name)))
            {
                ArgumentException error = Assert.Throws<ArgumentException>(() => make(address));
                Assert.Equal("tableAddress", error.ParamName);
                Assert.Contains($"0x{address:x} is not aligned to 0x{1UL << pageShift:x} bytes", error.Message, StringComparison.Ordinal);
            }
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
            foreach (Func<ulong, ulong> make in Tables(Maker.Of(name)))
            {
                CheckMessage(Assert.Throws<ArgumentOutOfRangeException>(() => make(address)), "tableAddress", address, manual);
            }

            foreach (Action make in Enumerable.Range(0, manual.LevelCount).Where(manual.HasLeaves).SelectMany(
                level => Leaves(Maker.Of(name), level, address, Groups(manual, level))))
            {
                CheckMessage(Assert.Throws<ArgumentOutOfRangeException>(make), "physicalAddress", address, manual);
            }
        }
    }

    private static IEnumerable<Func<ulong, ulong>> Tables(Maker maker) => [maker.Table, maker.UserTable];

    private static IEnumerable<Action> Leaves(Maker maker, int level, ulong address, IEnumerable<bool> contiguous) =>
    [
        () => maker.Leaf(level, address, false),
        .. contiguous.Select(isContiguous => (Action)(() => maker.UserLeaf(level, address, false, isContiguous))),
    ];

    private static bool[] Groups(Manual manual, int level) => manual.GroupCount(level) > 1 ? [false, true] : [false];

    private static void CheckMessage(ArgumentOutOfRangeException error, string parameter, ulong address, Manual manual)
    {
        Assert.Equal((parameter, address), (error.ParamName, error.ActualValue));
        Assert.Contains($"0x{address:x} has bits above the {manual.PhysicalAddressBits}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"0x{(1UL << manual.PhysicalAddressBits) - 1:x}.", error.Message, StringComparison.Ordinal);
    }
}
