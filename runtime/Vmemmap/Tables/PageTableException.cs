namespace Vmemmap;

/// <summary>A page-table table that cannot be used. <see cref="Exception.Message"/> has one line for each mistake:
/// <c>file(line,column): error VMM2001: what is wrong; what to write instead</c>.</summary>
public sealed class PageTableException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One line for each mistake.</param>
    public PageTableException(string message)
        : base(message)
    {
    }
}
