using System.CommandLine;
using System.CommandLine.Completions;
using Vmemmap.HugeTlb;

namespace Vmemmap.Tool;

/// <summary>What shells complete the values of options with.</summary>
internal static class KnownNames
{
    /// <summary>The built-in architectures, by name and alias.</summary>
    public static IEnumerable<string> OfArchitectures => NamesOf(Architectures.BuiltIn);

    /// <summary>The layouts.</summary>
    public static IEnumerable<string> OfLayouts => BuiltInLayout.All.Select(layout => layout.Name);

    /// <summary>Architectures, by name and alias.</summary>
    public static IEnumerable<string> NamesOf(IEnumerable<Architecture> architectures) =>
        architectures.SelectMany(architecture => (string[])[architecture.Name, architecture.Alias]).Where(name => name.Length > 0);

    /// <summary>The huge page sizes of the architecture that the line names, or of all: "2M:", to which a count belongs.</summary>
    public static IEnumerable<string> OfHugePages(ParseResult parsed, Option<string> architecture) =>
        OfPageSizes(parsed, architecture).Select(name => $"{name}:");

    /// <summary>The huge page sizes of the architecture that the line names, or of all.</summary>
    public static IEnumerable<string> OfPageSizes(ParseResult parsed, Option<string> architecture) =>
        Chosen(parsed, architecture).SelectMany(one => one.Hstates.ToArray()).OrderBy(hstate => hstate.Size).Select(hstate => hstate.Name).Distinct();

    /// <summary>The same and base pages: what a huge page can be mapped in.</summary>
    public static IEnumerable<string> OfPieces(ParseResult parsed, Option<string> architecture)
    {
        IEnumerable<string> basePages = Chosen(parsed, architecture).Select(one => one.PageSize).Distinct().Order().Select(bytes => NumberText.Size((long)bytes));
        return basePages.Concat(OfPageSizes(parsed, architecture)).Distinct();
    }

    /// <summary>Completes an option with these names and no others, such as those of an enumeration.</summary>
    public static void Complete(this Option option, Func<CompletionContext, IEnumerable<string>> names)
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add(context => names(context).Select(name => new CompletionItem(name)));
    }

    private static IEnumerable<Architecture> Chosen(ParseResult parsed, Option<string> architecture) =>
        parsed.GetResult(architecture) is { Tokens: [{ Value: string name }] } && Architectures.Find(name) is { } found ? [found] : Architectures.BuiltIn;
}
