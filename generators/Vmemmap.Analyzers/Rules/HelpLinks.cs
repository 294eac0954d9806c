using System.Linq;
using System.Reflection;

namespace Vmemmap.Analyzers.Rules;

/// <summary>Where the page of a rule is.</summary>
internal static class HelpLinks
{
    // The build writes the property of this name into the assembly if it has a value.
    private static readonly string? Repository = typeof(HelpLinks).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => metadata.Key == "RepositoryUrl")?.Value;

    /// <summary>The page: on the web if the repository has an address there, otherwise its path in the repository.</summary>
    public static string Of(string id) => At(Repository, id);

    /// <summary>The page in a repository with this address.</summary>
    /// <param name="repository">Address on the web; null or empty while there is none.</param>
    /// <param name="id">"VMM1001".</param>
    public static string At(string? repository, string id) =>
        (string.IsNullOrEmpty(repository) ? "" : repository!.TrimEnd('/') + "/blob/main/") + "docs/rules/" + id + ".md";
}
