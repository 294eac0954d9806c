using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Generators.KernelConfigs.Parsing;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>Configurations with random edits: something is always said or bound, nothing throws, and every place lies in the text.</summary>
public class RandomEditTests
{
    private static readonly string[] Pieces =
    [
        "CONFIG_", "=y", "=", "\n", "\r", "\r\n", "# ", " is not set", "# Linux/", " Kernel Configuration", "6.12", "5.14", "7.1", "ARM64_VA_BITS=52\n",
        "CONFIG_PGTABLE_LEVELS=5\n", "CONFIG_PAGE_SHIFT=14\n", "CONFIG_ARM64_16K_PAGES=y\n", "CONFIG_X86_64=y\n", "CONFIG_KMSAN=y\n", "\0", "\uFEFF", "\u2028",
        "\uD800", "999999999", "-1", "0x10", "\"", "CONFIG_NR_CPUS=999999999\nCONFIG_NUMA_BALANCING=y\n", "CONFIG_NODES_SHIFT=999999999\n",
    ];

    [Fact]
    public void TwoThousandEdits_NeverThrow()
    {
        string[] configs =
        [
            .. Vmemmap.Tests.Facts.ArchitectureNames.All.Select(name => MinimalConfig.Of(name, "6.12.1", MinimalConfig.HvoNew)),
            ConfigFixture.Read("config-6.12-arm64-4k-va52-hvo").Content,
        ];
        Random random = new(20261121);
        int bound = 0;
        for (int i = 0; i < 2000; i++)
        {
            string text = configs[random.Next(configs.Length)];
            for (int edits = random.Next(1, 6); edits > 0; edits--)
            {
                int at = random.Next(text.Length + 1);
                int length = random.Next(3) == 0 ? Math.Min(random.Next(60), text.Length - at) : 0;
                text = text[..at] + (random.Next(4) == 0 ? "" : Pieces[random.Next(Pieces.Length)]) + text[(at + length)..];
            }

            KernelConfigFile file = ConfigParser.Parse(text);
            Assert.True(file.Spec != null || file.Diagnostics.Count > 0);
            Assert.All(file.Diagnostics, d => Assert.InRange(d.Location.Start + d.Location.Length, 0, text.Length));
            Assert.All(file.Diagnostics, d => Assert.DoesNotContain('\n', d.Message));
            bound += file.Spec != null ? 1 : 0;
        }

        // Edits that break everything, or nothing, would test little.
        Assert.InRange(bound, 200, 1800);
    }
}
