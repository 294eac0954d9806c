using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Tests;

/// <summary>page-tables.xsd is for editors; these keep it equal to what the parser does.</summary>
public class SchemaTests
{
    private static readonly XNamespace Xsd = "http://www.w3.org/2001/XMLSchema";

    private static readonly XElement Root = XElement.Parse(Repository.Read("generators", "tables", "page-tables.xsd"));

    [Fact]
    public void Elements_AreTheParsers() => Assert.Equal(
        Elements().Select(e => e.Name).Order(StringComparer.Ordinal),
        Root.Elements(Xsd + "element").Select(e => (string)e.Attribute("name")!).Order(StringComparer.Ordinal));

    [Fact]
    public void AttributesAndTheirValues_AreTheParsers()
    {
        foreach (ElementSchema element in Elements())
        {
            XElement type = Declaration(element.Name).Element(Xsd + "complexType")!;
            Assert.Equal(
                element.Attributes.Select(a => $"{a.Name} {a.IsRequired} {string.Join("|", a.Values)}"),
                type.Elements(Xsd + "attribute").Select(
                    a => $"{(string)a.Attribute("name")!} {(string?)a.Attribute("use") == "required"} {string.Join("|", Values(a))}"));
        }
    }

    [Fact]
    public void Children_AreTheParsers()
    {
        foreach (ElementSchema element in Elements())
        {
            Assert.Equal(
                element.Children.Select(c => c.Name),
                Declaration(element.Name).Descendants(Xsd + "element").Select(e => (string)e.Attribute("ref")!));
        }
    }

    [Fact]
    public void EveryElementAndAttribute_IsExplained()
    {
        foreach (XElement declaration in Root.Descendants().Where(e => e.Attribute("name") != null && e.Name != Xsd + "simpleType"))
        {
            Assert.True(declaration.Element(Xsd + "annotation")?.Value.Trim().Length > 20, (string)declaration.Attribute("name")!);
        }
    }

    [Theory]
    [InlineData("x86-64")]
    [InlineData("arm64")]
    [InlineData("riscv64")]
    public void BuiltInTables_AreValid(string family) => Assert.Empty(Validate(Repository.Table(family).GetText().ToString()));

    [Theory]
    [InlineData("index=\"35:25\"", "index=\"35-25\"")]
    [InlineData("address=\"47:12\"", "address=\"47:12@\"")]
    [InlineData("pageSize=\"16K\"", "pageSize=\"16k\"")]
    [InlineData("hugetlb=\"1G 32M 2M\"", "hugetlb=\"\"")]
    [InlineData("canonical=\"upper\"", "canonical=\"Upper\"")]
    [InlineData("valid=\"0\"", "valid=\"64\"")]
    [InlineData("virtualAddress=\"48\"", "virtualAddress=\"65\"")]
    [InlineData("name=\"mine-16k\"", "name=\"mine-\"")]
    [InlineData("type=\"Mine16K\" ", "")]
    public void MalformedValue_IsRefusedByBoth(string old, string broken)
    {
        string table = MarkedTable.Break(old, broken);
        Assert.NotEmpty(Validate(table));
        Assert.NotEmpty(TableParser.Parse(table).Diagnostics);
    }

    [Fact]
    public void SoundTable_IsValid() => Assert.Empty(Validate(MarkedTable.Sound));

    private static IEnumerable<ElementSchema> Elements() =>
        [TableSchema.PageTables, TableSchema.Entry, TableSchema.Architecture, TableSchema.Level];

    private static XElement Declaration(string name) =>
        Root.Elements(Xsd + "element").Single(e => (string)e.Attribute("name")! == name);

    private static IEnumerable<string> Values(XElement attribute)
    {
        string? type = (string?)attribute.Attribute("type");
        XElement? named = Root.Elements(Xsd + "simpleType").FirstOrDefault(t => (string)t.Attribute("name")! == type);
        return (named ?? attribute).Descendants(Xsd + "enumeration").Select(e => (string)e.Attribute("value")!);
    }

    private static List<string> Validate(string table)
    {
        List<string> mistakes = [];
        XmlReaderSettings settings = new() { ValidationType = ValidationType.Schema };
        settings.Schemas.Add(XmlSchema.Read(Root.CreateReader(), null)!);
        settings.ValidationEventHandler += (_, e) => mistakes.Add(e.Message);
        using XmlReader reader = XmlReader.Create(new StringReader(table), settings);
        while (reader.Read())
        {
        }

        return mistakes;
    }
}
