using Vmemmap.Generators.KernelConfigs.Model;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>A configuration file and what came of it.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="File">What it decides, and its mistakes.</param>
internal sealed record ParsedConfig(string Path, KernelConfigFile File);

/// <summary>A configuration file as far as code depends on it: no mistakes, which move with every edit.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="Spec">What it decides; null if a mistake leaves that open.</param>
internal sealed record ConfigEntry(string Path, KernelConfigSpec? Spec);
