using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Generators.KernelConfigs.Parsing;
using Vmemmap.Generators.KernelConfigs.Pipeline;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators;

/// <summary>Says why a class with <c>[KernelConfig]</c> got nothing, or not all: at the attribute, where #pragma reaches it.</summary>
/// <remarks>It asks the same questions as <see cref="KernelConfigGenerator"/>, by the same code.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KernelConfigAnalyzer : DiagnosticAnalyzer
{
    /// <summary>Names that a message lists; nobody reads more.</summary>
    private const int MostListed = 10;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        ConfigDescriptors.StructPageSize, ConfigDescriptors.NoSuchFile, ConfigDescriptors.SeveralFiles, ConfigDescriptors.Target,
        ConfigDescriptors.AttributeValue,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        SourceTextValueProvider<KernelConfigFile> parses = new(static text => ConfigParser.Parse(text.ToString()));
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName(ConfigTargetReader.Attribute) is not { } attribute)
            {
                return;
            }

            KernelConfigFile? Parse(AdditionalText file) =>
                file.GetText(start.CancellationToken) is { } text && start.TryGetValue(text, parses, out KernelConfigFile? parsed) ? parsed : null;
            start.RegisterSymbolAction(symbol => Check(symbol, attribute, Parse), SymbolKind.NamedType);
        });
    }

    private static void Check(SymbolAnalysisContext context, INamedTypeSymbol wanted, Func<AdditionalText, KernelConfigFile?> parse)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        foreach (AttributeData attribute in type.GetAttributes())
        {
            // Arguments that do not fit are the compiler's to tell.
            if (!SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, wanted)
                || attribute.ConstructorArguments.Length != 1
                || attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) is not AttributeSyntax syntax)
            {
                continue;
            }

            bool isSound = true;
            foreach ((string id, string? argument, string message) in ConfigTargetReader.Problems(type, attribute))
            {
                isSound = false;
                Report(context, id, Place(syntax, argument), message);
            }

            if (isSound)
            {
                CheckFile(context, attribute, syntax, ConfigTargetReader.Read(type, attribute)!, parse);
            }
        }
    }

    private static void CheckFile(
        SymbolAnalysisContext context, AttributeData attribute, AttributeSyntax syntax, ConfigTarget target, Func<AdditionalText, KernelConfigFile?> parse)
    {
        AdditionalText[] files = [.. context.Options.AdditionalFiles.Where(f => KernelConfigItem.Is(f, context.Options.AnalyzerConfigOptionsProvider))];
        string[] paths = ConfigName.Find(target.File, files.Select(f => f.Path));
        switch (paths.Length)
        {
            case 0:
                Report(context, ConfigRules.NoSuchFile, Place(syntax, "file"), NoSuchFile(target.File, files));
                break;

            case 1:
                StructPageSpec? size = parse(files.First(f => f.Path == paths[0]))?.Spec?.StructPage;
                if (size is { Size: 0 } && target.StructPageSize == 0)
                {
                    Report(
                        context, ConfigRules.StructPageSize, syntax.GetLocation(),
                        $"sizeof(struct page) does not follow from {ConfigName.FileName(paths[0])}: {size.Reason}; take it from the kernel (VMCOREINFO SIZE(page), pahole) "
                        + "and give it: StructPageSize = 80. Until then no counts are generated");
                }

                break;

            default:
                string[] ends = ConfigName.Distinct(paths);
                Report(
                    context, ConfigRules.SeveralFiles, Place(syntax, "file"),
                    $"'{target.File}' is the name of {List(ends)}; write one of these, or include only one");
                break;
        }
    }

    private static string NoSuchFile(string wanted, AdditionalText[] files)
    {
        string[] names = [.. files.Select(f => ConfigName.FileName(f.Path)).Distinct().OrderBy(name => name, StringComparer.Ordinal)];
        if (names.Length == 0)
        {
            return $"the project includes no kernel configuration; add <KernelConfig Include=\"{wanted}\" /> to it";
        }

        string? near = NearestName.Find(ConfigName.FileName(wanted), names);
        return $"no <KernelConfig> item of the project is named '{wanted}'; " + (near != null ? $"did you mean '{near}'? There {(names.Length == 1 ? "is" : "are")} {List(names)}" : $"there {(names.Length == 1 ? "is" : "are")} {List(names)}");
    }

    private static string List(string[] names)
    {
        string[] shown = [.. names.Take(MostListed).Select(name => $"'{name}'")];
        return names.Length > MostListed ? string.Join(", ", shown) + ", ..."
            : shown.Length == 1 ? shown[0]
            : string.Join(", ", shown.Take(shown.Length - 1)) + " and " + shown[shown.Length - 1];
    }

    private static Location Place(AttributeSyntax syntax, string? argument)
    {
        IEnumerable<AttributeArgumentSyntax> arguments = syntax.ArgumentList?.Arguments ?? default;
        AttributeArgumentSyntax? found = argument == null ? null
            : arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == argument || a.NameColon?.Name.Identifier.ValueText == argument)
                ?? arguments.FirstOrDefault(a => a.NameEquals == null && a.NameColon == null);
        return found?.Expression.GetLocation() ?? syntax.GetLocation();
    }

    private static void Report(SymbolAnalysisContext context, string id, Location location, string message) =>
        context.ReportDiagnostic(Diagnostic.Create(ConfigDescriptors.Of(id), location, message));
}
