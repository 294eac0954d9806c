using System.Collections.Immutable;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Generators.Pipeline;
using Vmemmap.Selection;
using Vmemmap.Tables.Model;

namespace Vmemmap.Generators.Selection;

/// <summary>From the property to the two aliases. Without the property no step has a value, and nothing is done.</summary>
internal static class TargetPipeline
{
    public static void Register(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<ParsedTable> tables,
        IncrementalValueProvider<TableOptions> tableOptions,
        IncrementalValueProvider<EquatableArray<(string Path, int Architecture)>> losers)
    {
        IncrementalValuesProvider<TargetOptions> options = context.AnalyzerConfigOptionsProvider
            .SelectMany(static (provider, _) => Asked(TargetOptions.Read(provider)))
            .WithTrackingName(TrackingNames.TargetOptions);

        IncrementalValuesProvider<EquatableArray<KnownArchitecture>> referenced = options
            .Combine(context.MetadataReferencesProvider.Collect())
            .Select(static (pair, token) => ReferencedArchitectures.Read(pair.Right, token))
            .WithTrackingName(TrackingNames.ReferencedArchitectures);

        IncrementalValuesProvider<OwnArchitectures> own = options
            .Combine(tables.Collect().Combine(tableOptions.Combine(losers)))
            .Select(static (pair, _) => OwnArchitectures.Of(pair.Right.Left, pair.Right.Right.Left, pair.Right.Right.Right))
            .WithTrackingName(TrackingNames.OwnArchitectures);

        IncrementalValueProvider<LanguageVersion> language = context.ParseOptionsProvider
            .Select(static (parse, _) => ((CSharpParseOptions)parse).LanguageVersion);

        IncrementalValuesProvider<SelectedTarget> target = options
            .Combine(language)
            .Combine(own.Collect().Combine(referenced.Collect()))
            .Select(static (all, _) => SelectedTarget.Find(all.Left.Left, all.Left.Right, all.Right.Left[0], all.Right.Right[0]))
            .WithTrackingName(TrackingNames.Target);

        context.RegisterSourceOutput(
            target.Where(static found => found.Architecture != null),
            static (output, found) => output.AddSource(TargetEmitter.HintName, SourceText.From(TargetEmitter.Emit(found), Encoding.UTF8)));
        context.RegisterSourceOutput(target.Where(static found => found.MistakeId != null), static (output, found) => found.Report(output));
    }

    private static ImmutableArray<TargetOptions> Asked(TargetOptions options) => options.Architecture.Length > 0 ? [options] : [];
}
