using Vmemmap.Tests.Facts;
using Vmemmap.Tests.Formats;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Trees;

namespace Vmemmap.Tests;

/// <summary>What was compiled from a table says the same as the table read at run time.</summary>
public class GeneratedAgainstTableTests
{
    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void Translations_AreTheSame(string name)
    {
        Format generated = Format.Of(Loaded.Generated(name));
        Format table = Format.Of(Loaded.Walker(name));
        TreeProperty.Holds(name, 60, tree =>
        {
            foreach (ulong address in tree.Addresses())
            {
                Outcome fromGenerated = generated.Translate(tree.Memory, tree.Root, address);
                Outcome fromTable = table.Translate(tree.Memory, tree.Root, address);
                if (fromGenerated != fromTable)
                {
                    Assert.Fail($"generated: {fromGenerated}\ntable:     {fromTable}\n{tree.Describe(address)}");
                }
            }
        });
    }

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void PredicatesOfAnEntry_AreTheSame(string name)
    {
        IPageTableFormat generated = Format.Of(Loaded.Generated(name)).Members;
        IPageTableFormat table = Format.Of(Loaded.Walker(name)).Members;
        TreeProperty.HoldsForWords(2000, entry =>
        {
            // The entry's own bits are as good an address as any.
            ulong address = entry * 0x9e37_79b9_7f4a_7c15;
            string about = $"{name}, entry 0x{entry:x16}, address 0x{address:x16}";
            Assert.True(generated.IsCanonical(entry) == table.IsCanonical(entry), $"IsCanonical of {about}");
            Assert.True(generated.IsCanonical(address) == table.IsCanonical(address), $"IsCanonical of {about}");
            Assert.True(generated.IsWritable(entry) == table.IsWritable(entry), $"IsWritable of {about}");
            Assert.True(generated.TableAllowsWrite(entry) == table.TableAllowsWrite(entry), $"TableAllowsWrite of {about}");
            Assert.True(generated.TableAddress(entry) == table.TableAddress(entry), $"TableAddress of {about}");
            for (int level = 0; level < table.LevelCount; level++)
            {
                EntryKind kind = table.Classify(level, entry);
                Assert.True(generated.Classify(level, entry) == kind, $"Classify on level {level} of {about}: table says {kind}");
                if (kind == EntryKind.Leaf)
                {
                    Assert.True(
                        generated.PhysicalAddress(level, entry, address) == table.PhysicalAddress(level, entry, address),
                        $"PhysicalAddress on level {level} of {about}");
                    Assert.True(
                        generated.LeafSizeShift(level, entry) == table.LeafSizeShift(level, entry),
                        $"LeafSizeShift on level {level} of {about}");
                }
            }
        });
    }

    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void Facts_AreTheSame(string name)
    {
        Architecture generated = Loaded.Generated(name);
        Architecture table = Loaded.Walker(name);
        Assert.Equal(table.Alias, generated.Alias);
        Assert.Equal(table.PageShift, generated.PageShift);
        Assert.Equal(table.PageSize, generated.PageSize);
        Assert.Equal(table.VirtualAddressBits, generated.VirtualAddressBits);
        Assert.Equal(table.PhysicalAddressBits, generated.PhysicalAddressBits);
        Assert.Equal(table.Canonical, generated.Canonical);
        Assert.Equal(table.HasReadOnlyKernelMappings, generated.HasReadOnlyKernelMappings);
        Assert.Equal(table.RequiresBreakBeforeMake, generated.RequiresBreakBeforeMake);
        Assert.Equal(table.MapsVmemmapByBlocks, generated.MapsVmemmapByBlocks);
        Assert.Equal(table.Levels, generated.Levels);
        Assert.Equal(table.Hstates, generated.Hstates);
        Assert.Equal(table.DefaultHstate, generated.DefaultHstate);

        IPageTableFormat compiled = Format.Of(generated).Members;
        IPageTableFormat loaded = Format.Of(table).Members;
        Assert.Equal(loaded.LevelCount, compiled.LevelCount);
        Assert.Equal(loaded.PageShift, compiled.PageShift);
        Assert.Equal(loaded.ValidMask, compiled.ValidMask);
        Assert.Equal(loaded.AddressMask, compiled.AddressMask);
        Assert.Equal(loaded.SharedAddressMask, compiled.SharedAddressMask);
        for (int level = 0; level < loaded.LevelCount; level++)
        {
            Assert.Equal(loaded.LevelShift(level), compiled.LevelShift(level));
            Assert.Equal(loaded.LevelIndexBits(level), compiled.LevelIndexBits(level));
        }
    }

    [Fact]
    public void Tables_AndThePackage_HaveTheSameArchitectures()
    {
        Assert.Equal(ArchitectureNames.All.Order(), Loaded.WalkerNames.Order());
        Assert.Equal(ArchitectureNames.All, Architectures.BuiltIn.Select(a => a.Name));
    }
}
