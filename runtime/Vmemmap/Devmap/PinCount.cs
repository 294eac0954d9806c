using Vmemmap.Simulation;

namespace Vmemmap.Devmap;

/// <summary>The pins of a compound page (_pincount): in the first tail, which is in the page of vmemmap that is the head's own.</summary>
/// <typeparam name="TArch">The machine's architecture.</typeparam>
/// <param name="cpu">The CPU that looks.</param>
/// <param name="headPfn">First frame of the compound page.</param>
internal readonly struct PinCount<TArch>(Cpu<TArch> cpu, ulong headPfn)
    where TArch : struct, IArchitecture
{
    // _nr_pages_mapped in the low half of this word, _pincount in the high one.
    private const ulong Offset = 24;
    private const int Shift = 32;

    private readonly ulong _address = cpu.Machine.Vmemmap.AddressOf(headPfn + 1) + Offset;

    /// <summary>Pins.</summary>
    public int Value => (int)(cpu.ReadWord(_address) >> Shift);

    /// <summary>Adds pins, or takes them away.</summary>
    /// <returns>The pins it has now.</returns>
    public int Add(int pins)
    {
        ulong found = cpu.ReadWord(_address);
        while (true)
        {
            ulong before = found;
            ulong after = before + ((ulong)(long)pins << Shift);
            if (!cpu.CompareExchangeWord(_address, after, before, out found) || found == before)
            {
                return (int)(after >> Shift);
            }
        }
    }
}
