using System.Text;
using Spectre.Console;

namespace Vmemmap.Tool;

/// <summary>
/// Spectre.Console over a writer, plain and unwrapped wherever it goes: no colours, so that there are none to switch off (NO_COLOR), and no line that
/// is broken at the window's edge, where half a number would look like one. A terminal may wrap what it shows.
/// </summary>
internal static class PlainConsole
{
    /// <summary>Writes a report.</summary>
    public static void Write(TextWriter output, Action<IAnsiConsole> report)
    {
        var text = new UnwrappedText();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = text,
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        report(console);
        foreach (string line in text.Writer.ToString()!.TrimEnd('\n').Split('\n'))
        {
            // Cells are padded to their column; a report needs no blanks at the ends of its lines.
            output.Write($"{line.TrimEnd()}\n");
        }
    }

    // Spectre's own output would ask the terminal for its width, by way of escape sequences.
    private sealed class UnwrappedText : IAnsiConsoleOutput
    {
        public TextWriter Writer { get; } = new StringWriter();

        public bool IsTerminal => false;

        /// <summary>Wide enough that no line of a report is wrapped.</summary>
        public int Width => 20_000;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
