using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>Runs something where relative names are those of the repository.</summary>
internal static class InRoot
{
    public static T Run<T>(Func<T> action)
    {
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Repository.Root;
        try
        {
            return action();
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }
}
