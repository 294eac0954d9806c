using System.Globalization;
using System.Text;

namespace Vmemmap.Dumps;

/// <summary>Splits VMCOREINFO text into its lines.</summary>
internal static class VmcoreinfoParser
{
    // Text that is no VMCOREINFO at all would otherwise make a warning of every line.
    private const int MostWarnings = 20;

    /// <summary>See <see cref="Vmcoreinfo.Parse"/>.</summary>
    internal static Vmcoreinfo Parse(ReadOnlySpan<byte> text, string image, string source)
    {
        var warnings = new List<string>();
        int unmentioned = 0;
        void Warn(string warning)
        {
            if (warnings.Count < MostWarnings)
            {
                warnings.Add(warning);
            }
            else
            {
                unmentioned++;
            }
        }

        text = VmcoreinfoText.UpToNul(text);
        if (text.Length > VmcoreinfoText.Longest)
        {
            Warn(string.Create(
                CultureInfo.InvariantCulture, $"VMCOREINFO of {text.Length} bytes: what is beyond {VmcoreinfoText.Longest} was left out"));
            text = text[..VmcoreinfoText.Longest];
        }

        var keys = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        int number = 0;
        while (!text.IsEmpty)
        {
            number++;
            int lineEnd = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = lineEnd < 0 ? text : text[..lineEnd];
            text = lineEnd < 0 ? [] : text[(lineEnd + 1)..];
            if (line.IsEmpty)
            {
                continue;
            }

            int equals = line.IndexOf((byte)'=');
            if (equals <= 0 || VmcoreinfoText.FirstUnprintable(line) >= 0)
            {
                Warn(OneLine.Of(string.Create(
                    CultureInfo.InvariantCulture, $"VMCOREINFO line {number} is no KEY=VALUE and was left out: {Shown(line)}")));
                continue;
            }

            string key = Encoding.ASCII.GetString(line[..equals]);
            string value = Encoding.ASCII.GetString(line[(equals + 1)..]);
            if (!values.TryAdd(key, value))
            {
                Warn(string.Create(
                    CultureInfo.InvariantCulture, $"VMCOREINFO line {number} gives {key} again: {value} replaces {values[key]}"));
                values[key] = value;
                continue;
            }

            keys.Add(key);
        }

        if (unmentioned > 0)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"VMCOREINFO: {unmentioned} more warnings of these kinds"));
        }

        return new Vmcoreinfo(image, source, keys, values, warnings);
    }

    private static string Shown(ReadOnlySpan<byte> line) =>
        Encoding.Latin1.GetString(line[..Math.Min(line.Length, 60)]) + (line.Length > 60 ? "..." : "");
}
