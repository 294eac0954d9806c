using Spectre.Console;

namespace Vmemmap.Tool;

/// <summary>Spectre.Console over a writer: in colour and as wide as the window on a terminal, plain and unwrapped elsewhere.</summary>
internal static class PlainConsole
{
    /// <summary>Wide enough that no line of a report is wrapped: a file or a pipe has no edge.</summary>
    private const int Unwrapped = 20_000;

    private const int Narrowest = 120;

    /// <summary>Writes a report.</summary>
    public static void Write(TextWriter output, Action<IAnsiConsole> report)
    {
        if (output == Console.Out && !Console.IsOutputRedirected)
        {
            IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Interactive = InteractionSupport.No });
            // A table that does not fit would be dropped; the terminal may wrap its lines.
            terminal.Profile.Width = Math.Max(terminal.Profile.Width, Narrowest);
            report(terminal);
            return;
        }

        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = Unwrapped;
        report(console);
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n'))
        {
            // Cells are padded to their column; a file needs no blanks at the ends of its lines.
            output.Write($"{line.TrimEnd()}\n");
        }
    }
}
