using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Pipeline;

/// <summary>A table file and what is in it.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="File">Its architectures and mistakes.</param>
internal sealed record ParsedTable(string Path, TableFile File);
