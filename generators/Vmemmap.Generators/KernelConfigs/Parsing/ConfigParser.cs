using Vmemmap.Generators.KernelConfigs.Model;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>Reads a kernel's .config and says what it decides.</summary>
internal static class ConfigParser
{
    private static readonly TableLocation Start = new(0, 0, 0, 0, 0, 0);

    /// <summary>Reads a file.</summary>
    /// <param name="text">Its text; null if the compiler cannot read the file, which it tells itself (CS2001, CS2015).</param>
    public static KernelConfigFile Parse(string? text)
    {
        ConfigErrors errors = new();
        KernelConfigSpec? spec = text == null ? null : Bind(text, errors);
        return new KernelConfigFile(errors.IsFatal ? null : spec, errors.ToArray());
    }

    private static KernelConfigSpec? Bind(string text, ConfigErrors errors)
    {
        // /proc/config.gz as it is. What follows the mark is broken when it is read as text, so only its first byte is looked at.
        if (text.Length > 0 && text[0] == '\u001F')
        {
            errors.Add(ConfigRules.NoConfig, Start, NoConfig("the file is compressed; decompress it with zcat"));
            return null;
        }

        ConfigErrors lines = new();
        ConfigText found = ConfigReader.Read(text, lines);
        if (!found.HasSymbols)
        {
            // One word about the whole file instead of one about each line.
            errors.Add(ConfigRules.NoConfig, found.Top, NoConfig("no line sets a CONFIG_ symbol"));
            return null;
        }

        foreach (ConfigDiagnostic line in lines.ToArray())
        {
            errors.Tell(line.Id, line.Location, line.Message);
        }

        if (found.Header is { } header)
        {
            KernelConfigSpec? spec = new ConfigBinder(found, header, errors).Bind();
            return lines.IsFatal ? null : spec;
        }

        if (!lines.IsFatal)
        {
            errors.Add(
                ConfigRules.Version, found.Top,
                "no header '# Linux/ARCHITECTURE VERSION Kernel Configuration' says which release this is; take a whole .config, which has it, and no defconfig");
        }

        return null;
    }

    private static string NoConfig(string why) =>
        $"this is no kernel configuration: {why}; take .config of a build, /boot/config-RELEASE, or what zcat /proc/config.gz prints";
}
