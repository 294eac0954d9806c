namespace Vmemmap.Tests.Tables;

/// <summary>Formats that none of the built-in architectures has, but a user's table may.</summary>
public class OddFormatTests
{
    private const string Odd = """
        <pageTables>
          <entry name="odd" valid="0" leaf="1 2 3" readOnly="5" readable="1" address="51:12" blockAttributes="12" />
          <architecture name="odd" type="Odd" entry="odd" pageSize="4K" virtualAddress="64" canonical="upper" hugetlb="2M" default="2M">
            <level name="L0" index="63:57" />
            <level name="PGD" index="56:48" />
            <level name="P4D" index="47:39" />
            <level name="PUD" index="38:30" leaf="block" />
            <level name="PMD" index="29:21" leaf="block" />
            <level name="PTE" index="20:12" leaf="page" />
          </architecture>
        </pageTables>
        """;

    /// <summary>All bits are index bits, so every address has its translation.</summary>
    [Theory]
    [InlineData(0UL)]
    [InlineData(0xffff000000000000UL)]
    [InlineData(ulong.MaxValue)]
    public void AllBitsIndexed_EveryAddressIsCanonical(ulong address) =>
        Assert.True(Assert.Single(TableWalker.Parse(Odd, "odd")).Format.IsCanonical(address));

    /// <summary>Writable by a clear read-only bit and not readable: reserved, as where writing has a bit of its own.</summary>
    [Theory]
    [InlineData(0b00_0101UL, EntryKind.Reserved)]
    [InlineData(0b10_0101UL, EntryKind.Leaf)]
    [InlineData(0b00_0111UL, EntryKind.Leaf)]
    [InlineData(0b00_0001UL, EntryKind.Reserved)]
    public void WritableAndNotReadable_IsReserved(ulong entry, EntryKind kind) =>
        Assert.Equal(kind, Assert.Single(TableWalker.Parse(Odd, "odd")).Format.Classify(5, entry));
}
