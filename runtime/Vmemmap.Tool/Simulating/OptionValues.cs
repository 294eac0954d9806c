using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Vmemmap.Tool;

/// <summary>Reads a value as it is written on a command line.</summary>
internal delegate bool TryParse<T>(string text, out T value);

/// <summary>Options whose values are read in one way, and refused in one line.</summary>
internal static class OptionValues
{
    /// <summary>Reads one value.</summary>
    /// <param name="name">The option.</param>
    /// <param name="parse">How it is read.</param>
    /// <param name="form">What it must be, for the line that refuses it.</param>
    public static Func<ArgumentResult, T?> One<T>(string name, TryParse<T> parse, string form) => result =>
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
        if (parse(text, out T value))
        {
            return value;
        }

        result.AddError($"{name}: '{text}' is not {form}.");
        return default;
    };

    /// <summary>A count above 0.</summary>
    public static Option<int> Number(string name, string description, int otherwise) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = One<int>(name, TryParseNumber, $"a number above 0 and up to {int.MaxValue}"),
    };

    /// <summary>One of several words. The first value of the enumeration is the default.</summary>
    public static Option<T> Choice<T>(string name, string description, string help, (string Name, T Value)[] choices)
        where T : struct => new(name)
        {
            Description = description,
            HelpName = help,
            CustomParser = result =>
            {
                string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
                foreach ((string known, T value) in choices)
                {
                    if (known == text)
                    {
                        return value;
                    }
                }

                result.AddError($"{name}: '{text}' is not {string.Join(", ", choices[..^1].Select(choice => choice.Name))} or {choices[^1].Name}.");
                return default;
            },
        };

    private static bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
