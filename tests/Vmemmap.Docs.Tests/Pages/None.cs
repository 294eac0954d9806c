namespace Vmemmap.Docs.Tests.Pages;

/// <summary>An assertion that names all that is wrong, one a line.</summary>
internal static class None
{
    public static void Of<T>(IEnumerable<T> wrong, string what)
    {
        string[] lines = [.. wrong.Select(w => $"{w} {what}")];
        Assert.True(lines.Length == 0, string.Join('\n', lines));
    }
}
