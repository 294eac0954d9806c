using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>One mistake in a configuration file.</summary>
/// <param name="Id">The kind, one of <see cref="ConfigRules"/>.</param>
/// <param name="Message">What is wrong and how to repair it.</param>
/// <param name="Location">The line that is wrong, without its end.</param>
internal sealed record ConfigDiagnostic(string Id, string Message, TableLocation Location);
