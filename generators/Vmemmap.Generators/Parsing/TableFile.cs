using Vmemmap.Tables.Model;

namespace Vmemmap.Tables.Parsing;

/// <summary>What is in a table file: its sound architectures and its mistakes.</summary>
/// <param name="Architectures">The architectures without a mistake, in the order of the file.</param>
/// <param name="Claims">The names that each of them claims, at the same index.</param>
/// <param name="Unbound">Names and aliases of the architectures that have a mistake, as they are written.</param>
/// <param name="Diagnostics">All mistakes, in the order of the text.</param>
internal sealed record TableFile(
    EquatableArray<ArchitectureSpec> Architectures,
    EquatableArray<ArchitectureClaims> Claims,
    EquatableArray<string> Unbound,
    EquatableArray<TableDiagnostic> Diagnostics);

/// <summary>Where an architecture's names are, to tell of one that another file has too.</summary>
/// <param name="Name">Place of its name.</param>
/// <param name="Alias">Place of its alias; that of its name if it has none.</param>
/// <param name="TypeName">Place of its type's name.</param>
internal sealed record ArchitectureClaims(TableLocation Name, TableLocation Alias, TableLocation TypeName);
