using System.Globalization;
using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Tables;

/// <summary>The README's table of architectures is that of the library.</summary>
public sealed class ArchitectureTableTests
{
    [Fact]
    public void Table_IsThatOfTheLibrary() => Assert.Equal(
        Architectures.BuiltIn.Select(a => string.Join(" | ", Row(a))),
        AllPages.Of("README.md").Table("architecture", "type").Select(cells => string.Join(" | ", cells)));

    private static string[] Row(Architecture architecture)
    {
        string alias = architecture.Alias.Length > 0 ? $", `{architecture.Alias}`" : "";
        TypeName name = default;
        string type = architecture.TryAcceptType<TypeName, string>(ref name, out string? found) ? found : "";
        return
        [
            $"`{architecture.Name}`{alias}",
            $"`{type}`",
            $"{architecture.PageSize / 1024}K",
            architecture.VirtualAddressBits.ToString(CultureInfo.InvariantCulture),
            string.Join(" ", architecture.Levels.Select(l => l.Name)),
            string.Join(" ", architecture.Hstates.Select(h => h == architecture.DefaultHstate ? $"**{h.Name}**" : h.Name)),
        ];
    }

    private readonly struct TypeName : IArchitectureTypeVisitor<string>
    {
        public string Visit<TArch>()
            where TArch : struct, IArchitecture => typeof(TArch).Name;
    }
}
