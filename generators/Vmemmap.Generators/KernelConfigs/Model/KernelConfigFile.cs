using Vmemmap.Generators.KernelConfigs.Parsing;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.KernelConfigs.Model;

/// <summary>What came of reading a configuration file.</summary>
/// <param name="Spec">What it decides; null if a mistake leaves that open.</param>
/// <param name="Diagnostics">Its mistakes.</param>
internal sealed record KernelConfigFile(KernelConfigSpec? Spec, EquatableArray<ConfigDiagnostic> Diagnostics);
