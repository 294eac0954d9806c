namespace Vmemmap.Dumps;

/// <summary>A VMCOREINFO file that cannot be used. <see cref="Exception.Message"/> has one line for each mistake:
/// <c>file(line,column): error VMM5001: what is wrong; what to write instead</c>.</summary>
public sealed class VmcoreinfoFileException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One line for each mistake.</param>
    public VmcoreinfoFileException(string message)
        : base(message)
    {
    }
}
