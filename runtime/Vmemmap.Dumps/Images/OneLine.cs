using System.Text;

namespace Vmemmap.Dumps;

/// <summary>Keeps text that comes from files, such as note names, from breaking the one line that an error is.</summary>
internal static class OneLine
{
    /// <summary>The text with every control character written as \xNN.</summary>
    internal static string Of(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                line.Append("\\x").Append(((int)c).ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
            }
            else
            {
                line.Append(c);
            }
        }

        return line.ToString();
    }
}
