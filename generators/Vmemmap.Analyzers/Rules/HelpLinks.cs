namespace Vmemmap.Analyzers.Rules;

/// <summary>Where the page of a rule is.</summary>
internal static class HelpLinks
{
    /// <summary>The page, from the root of the repository: no address on the web is decided yet.</summary>
    public static string Of(string id) => "docs/rules/" + id + ".md";
}
