using System.Globalization;
using System.Text;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap;

/// <summary>
/// A table-driven walker: an architecture read from a <c>.pagetables.xml</c> file at run time, by the parser that the generator uses.
/// Serves tables that nobody compiled, and checks the generated walkers.
/// </summary>
public sealed class TableWalker : Architecture
{
    private TableWalker(ArchitectureSpec spec)
    {
        Spec = spec;
        Format = new TableFormat(spec);
        Levels = [.. spec.Levels.Select(l => new Level(l.Name, l.Shift, l.IndexBits, (LeafUse)l.Leaf, 1 << l.ContiguousShift))];
        Hstates = [.. spec.Hstates.Select(h => new Hstate(h.Name, h.Size, h.Order, h.Level, h.ContiguousCount))];
    }

    /// <inheritdoc/>
    public override string Name => Spec.Name;

    /// <inheritdoc/>
    public override string Alias => Spec.Alias;

    /// <inheritdoc/>
    public override int PageShift => Spec.PageShift;

    /// <inheritdoc/>
    public override int VirtualAddressBits => Spec.VirtualAddressBits;

    /// <inheritdoc/>
    public override int PhysicalAddressBits => Spec.PhysicalAddressBits;

    /// <inheritdoc/>
    public override CanonicalRule Canonical => (CanonicalRule)Spec.Canonical;

    /// <inheritdoc/>
    public override bool HasReadOnlyKernelMappings => Spec.HasReadOnlyKernelMappings;

    /// <inheritdoc/>
    public override bool RequiresBreakBeforeMake => Spec.RequiresBreakBeforeMake;

    /// <inheritdoc/>
    public override bool MapsVmemmapByBlocks => Spec.MapsVmemmapByBlocks;

    /// <inheritdoc/>
    public override IReadOnlyList<Level> Levels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Hstate> Hstates { get; }

    /// <inheritdoc/>
    public override Hstate DefaultHstate => Hstates[Spec.DefaultHstate];

    /// <summary>The format, for generic algorithms.</summary>
    public TableFormat Format { get; }

    internal ArchitectureSpec Spec { get; }

    /// <summary>Reads a table file.</summary>
    /// <param name="path">A <c>.pagetables.xml</c> file.</param>
    /// <returns>Its architectures, in the file's order; at least one.</returns>
    /// <exception cref="PageTableException">The file has mistakes, or no architecture.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<TableWalker> Load(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads a table from text.</summary>
    /// <param name="text">The XML.</param>
    /// <param name="name">The name that mistakes are reported under.</param>
    /// <returns>Its architectures, in the file's order; at least one.</returns>
    /// <exception cref="PageTableException">The text has mistakes, or no architecture.</exception>
    public static IReadOnlyList<TableWalker> Parse(string text, string name)
    {
        TableFile file = TableParser.Parse(text);
        if (file.Diagnostics.Count > 0)
        {
            var message = new StringBuilder();
            foreach (TableDiagnostic diagnostic in file.Diagnostics)
            {
                message.Append(message.Length > 0 ? "\n" : string.Empty)
                    .Append(CultureInfo.InvariantCulture, $"{name}({diagnostic.Location.StartLine + 1},{diagnostic.Location.StartColumn + 1}): error {diagnostic.Id}: {diagnostic.Message}");
            }

            throw new PageTableException(message.ToString());
        }

        return file.Architectures.Count > 0
            ? [.. file.Architectures.Select(spec => new TableWalker(spec))]
            : throw new PageTableException($"{name}(1,1): error VMM2000: the file has no architecture; add an <architecture> element");
    }

    /// <inheritdoc cref="IArchitecture.TryTranslate"/>
    public bool TryTranslate<TMemory>(in TMemory memory, ulong root, ulong virtualAddress, out Translation translation)
        where TMemory : struct, IPhysicalMemory, allows ref struct =>
        Format.TryTranslate(in memory, root, virtualAddress, out translation);

    /// <inheritdoc/>
    public override TResult Accept<TVisitor, TResult>(ref TVisitor visitor) => visitor.Visit(Format);
}
