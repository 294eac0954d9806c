using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Vmemmap.Tool;

/// <summary>The file that a picture goes to: opened before the work, so that nobody waits for what cannot be written. What was in it stays
/// until the picture is there, and a new file goes again if there is none.</summary>
internal sealed class PictureFile : IDisposable
{
    private readonly string _name;
    private readonly FileStream _stream;
    private bool _isNew;

    private PictureFile(string name)
    {
        _name = name;
        _isNew = !File.Exists(name);
        _stream = new FileStream(name, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Opens it, or says why it cannot be.</summary>
    public static bool TryOpen(string name, TextWriter error, [NotNullWhen(true)] out PictureFile? file)
    {
        try
        {
            file = new PictureFile(name);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            file = null;
            Refuse(name, exception, error);
            return false;
        }
    }

    /// <summary>Writes it, or says why it could not be.</summary>
    public bool TryWrite(string picture, TextWriter error)
    {
        try
        {
            if (_stream.CanSeek && _stream.Length > 0)
            {
                _stream.SetLength(0);
            }

            _stream.Write(Encoding.UTF8.GetBytes(picture));
            _stream.Flush();
            _isNew = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException)
        {
            Refuse(_name, exception, error);
            return false;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (_isNew)
        {
            File.Delete(_name);
        }
    }

    private static void Refuse(string name, Exception exception, TextWriter error)
    {
        string why = exception switch
        {
            DirectoryNotFoundException => "there is no such folder; make it first, or give another name",
            UnauthorizedAccessException when Directory.Exists(name) => "it is a folder; name a file in it",
            UnauthorizedAccessException => "that is not permitted; give a name in a folder of your own",
            PathTooLongException => "the name is too long; give a shorter one",
            ArgumentException => "this is not a name of a file; give one such as migration.svg",
            _ => exception.Message,
        };
        error.WriteLine($"vmemmap: --svg: '{name}' cannot be written: {why}".ReplaceLineEndings(" "));
    }
}
