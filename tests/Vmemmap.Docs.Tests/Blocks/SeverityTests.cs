using Vmemmap.Docs.Tests.Pages;

namespace Vmemmap.Docs.Tests.Blocks;

/// <summary>Settings of severities that the pages show are settings, of rules that there are.</summary>
public sealed class SeverityTests
{
    [Fact]
    public void Severities_AreOfKnownRules()
    {
        foreach (Block block in AllPages.All.SelectMany(p => p.Blocks).Where(b => b.Language == "ini"))
        {
            foreach (string line in block.Lines.Where(l => l.Length > 0 && l[0] is not ('#' or '[') && l != "is_global = true"))
            {
                Assert.Matches(@"^dotnet_diagnostic\.VMM\d{4}\.severity = (none|silent|suggestion|warning|error)$", line);
                string id = line.Split('.')[1];
                Assert.True(Repository.Exists($"docs/rules/{id}.md"), $"{block}: there is no {id}");
            }
        }
    }
}
