namespace Vmemmap.Tables.Parsing;

/// <summary>One mistake in a table file.</summary>
/// <param name="Id">The kind, one of <see cref="TableRules"/>: "VMM2006".</param>
/// <param name="Message">What is wrong and how to repair it.</param>
/// <param name="Location">The value that is wrong.</param>
internal sealed record TableDiagnostic(string Id, string Message, TableLocation Location);
