using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Generators.KernelConfigs;
using Vmemmap.Generators.KernelConfigs.Emission;
using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Generators.KernelConfigs.Parsing;
using Vmemmap.Generators.KernelConfigs.Pipeline;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators;

/// <summary>Writes what a kernel's configuration decides into each partial class that names it with <c>[KernelConfig]</c>.</summary>
/// <remarks>
/// A configuration has 300 KB and is reduced at once to a record of some hundred bytes; sources depend on nothing else of it. Its mistakes are told in the
/// file, and only if a class names it; mistakes of the attribute are told by <see cref="KernelConfigAnalyzer"/>, so that #pragma reaches them.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class KernelConfigGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParsedConfig> configs = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, _) => KernelConfigItem.Is(pair.Left, pair.Right) ? pair.Left : null)
            .Where(static file => file != null)
            .Select(static (file, token) => new ParsedConfig(file!.Path, ConfigParser.Parse(file.GetText(token)?.ToString())))
            .WithTrackingName(ConfigTrackingNames.Config);

        IncrementalValueProvider<EquatableArray<ConfigEntry>> entries = configs
            .Select(static (config, _) => new ConfigEntry(config.Path, config.File.Spec))
            .Collect()
            .Select(static (all, _) => new EquatableArray<ConfigEntry>(all))
            .WithTrackingName(ConfigTrackingNames.Entries);

        IncrementalValuesProvider<ConfigTarget> targets = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                ConfigTargetReader.Attribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (found, _) => ConfigTargetReader.Read((INamedTypeSymbol)found.TargetSymbol, found.Attributes[0]))
            .Where(static target => target != null)
            .Select(static (target, _) => target!)
            .WithTrackingName(ConfigTrackingNames.Target);

        IncrementalValueProvider<EquatableArray<string>> clashing = targets
            .Select(static (target, _) => target.FullName)
            .Collect()
            .Select(static (names, _) => HintNames.Clashing(names))
            .WithTrackingName(ConfigTrackingNames.Names);

        IncrementalValuesProvider<ResolvedConfig> resolved = targets
            .Combine(entries.Combine(clashing))
            .Select(static (pair, _) => ConfigResolver.Resolve(pair.Left, pair.Right.Left, HintNames.Of(pair.Left.FullName, pair.Right.Right)))
            .Where(static config => config != null)
            .Select(static (config, _) => config!)
            .WithTrackingName(ConfigTrackingNames.Resolved);

        IncrementalValueProvider<EquatableArray<string>> named = targets
            .Select(static (target, _) => target.File)
            .Collect()
            .Select(static (files, _) => new EquatableArray<string>(files.Distinct()));

        IncrementalValuesProvider<LocatedConfigDiagnostics> mistakes = configs
            .Combine(named)
            .Where(static pair => pair.Right.Any(name => ConfigName.Find(name, [pair.Left.Path]).Length > 0))
            .Select(static (pair, _) => new LocatedConfigDiagnostics(pair.Left.Path, pair.Left.File.Diagnostics))
            .WithTrackingName(ConfigTrackingNames.Mistakes);

        context.RegisterSourceOutput(resolved, static (output, config) => output.AddSource(
            config.HintName, SourceText.From(KernelConfigEmitter.Emit(config), Encoding.UTF8)));
        context.RegisterSourceOutput(mistakes, static (output, found) => found.Report(output));
    }
}
