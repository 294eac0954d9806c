/*
 * The C yardstick of TryTranslate: the same checks and the same result, with the shifts and masks as literals.
 * Loops over addresses are in C too, so that a call from .NET is paid once and not per translation.
 */
#include "memory.h"

enum fault { NONE, NOT_CANONICAL, NOT_PRESENT, RESERVED, ABSENT };

struct translation {
    uint64_t physical_address;
    uint64_t entry;
    uint64_t entry_address;
    uint8_t level;
    uint8_t fault;
    uint8_t size_shift;
    uint8_t flags;
};

#define WRITABLE 1
#define CONTIGUOUS 2

/* A function of its own, as a library has it: inlined, the compiler drops what this one loop does not read. */
#define OUT_OF_LINE __attribute__((noinline))

static __attribute__((noinline, cold)) int fault_at(
    struct translation *out, enum fault fault, int level, uint64_t entry_address, uint64_t entry)
{
    *out = (struct translation){ 0, entry, entry_address, (uint8_t)level, (uint8_t)fault, 0, 0 };
    return 0;
}

static inline int found(
    struct translation *out, uint64_t physical, uint64_t entry, uint64_t entry_address, int level, int size_shift, int flags)
{
    *out = (struct translation){ physical, entry, entry_address, (uint8_t)level, NONE, (uint8_t)size_shift, (uint8_t)flags };
    return 1;
}

#define LOW(bits) ((1UL << (bits)) - 1)

/* One level of x86-64. tables: and of the entries above, for the writable bit. */
#define X64_LEVEL(number, shift, may_leaf, leaf_reserved)                                                    \
    address = table + (((va >> (shift)) & 511) << 3);                                                        \
    if (!read_entry(memory, address, &entry))                                                                \
        return fault_at(out, ABSENT, number, address, 0);                                                    \
    if ((entry & 0x81) != 1) {                                                                               \
        if (!(entry & 1))                                                                                    \
            return fault_at(out, NOT_PRESENT, number, address, entry);                                       \
        if (!(may_leaf) || (entry & (leaf_reserved)))                                                        \
            return fault_at(out, RESERVED, number, address, entry);                                          \
        return found(out, (entry & 0x000ffffffffff000UL & ~LOW(shift)) | (va & LOW(shift)), entry, address,  \
                     number, shift, ((tables & entry) >> 1) & WRITABLE);                                     \
    }                                                                                                        \
    tables &= entry;                                                                                         \
    table = entry & 0x000ffffffffff000UL;

#define X64_LAST(number)                                                                                     \
    address = table + (((va >> 12) & 511) << 3);                                                             \
    if (!read_entry(memory, address, &entry))                                                                \
        return fault_at(out, ABSENT, number, address, 0);                                                    \
    if (!(entry & 1))                                                                                        \
        return fault_at(out, NOT_PRESENT, number, address, entry);                                           \
    return found(out, (entry & 0x000ffffffffff000UL) | (va & 4095), entry, address, number, 12,              \
                 ((tables & entry) >> 1) & WRITABLE);

static inline __attribute__((always_inline)) int x64(
    const struct memory *memory, uint64_t root, uint64_t va, struct translation *out)
{
    uint64_t table = root, tables = ~0UL, address, entry;
    if (va + (1UL << 47) >= 1UL << 48)
        return fault_at(out, NOT_CANONICAL, 0, 0, 0);
    X64_LEVEL(0, 39, 0, 0)
    X64_LEVEL(1, 30, 1, 0x3fffe000UL)
    X64_LEVEL(2, 21, 1, 0x1fe000UL)
    X64_LAST(3)
}

static inline __attribute__((always_inline)) int x64_la57(
    const struct memory *memory, uint64_t root, uint64_t va, struct translation *out)
{
    uint64_t table = root, tables = ~0UL, address, entry;
    if (va + (1UL << 56) >= 1UL << 57)
        return fault_at(out, NOT_CANONICAL, 0, 0, 0);
    X64_LEVEL(0, 48, 0, 0)
    X64_LEVEL(1, 39, 0, 0)
    X64_LEVEL(2, 30, 1, 0x3fffe000UL)
    X64_LEVEL(3, 21, 1, 0x1fe000UL)
    X64_LAST(4)
}

/* arm64, 16K pages, 48 bits: index bits 47, 46:36, 35:25, 24:14; blocks of 32M, contiguous groups of 32 and 128. */
#define ARM_ADDRESS 0x0000ffffffffc000UL
#define ARM_CONTIGUOUS (1UL << 52)

#define ARM_STEP(number, shift, mask)                                                                        \
    address = table + (((va >> (shift)) & (mask)) << 3);                                                     \
    if (!read_entry(memory, address, &entry))                                                                \
        return fault_at(out, ABSENT, number, address, 0);

#define ARM_LEAF(number, shift, group)                                                                       \
    {                                                                                                        \
        int contiguous = (entry & ARM_CONTIGUOUS) != 0;                                                      \
        return found(out, (entry & ARM_ADDRESS & ~LOW(shift)) | (va & LOW(shift)), entry, address, number,   \
                     contiguous ? (shift) + (group) : (shift),                                               \
                     ((denied & (1UL << 62)) == 0 && (entry & 0x80) == 0 ? WRITABLE : 0) | (contiguous ? CONTIGUOUS : 0)); \
    }

static inline __attribute__((always_inline)) int arm64_16k(
    const struct memory *memory, uint64_t root, uint64_t va, struct translation *out)
{
    uint64_t table = root, denied = 0, address, entry;
    if (va < 0xffff000000000000UL)
        return fault_at(out, NOT_CANONICAL, 0, 0, 0);
    ARM_STEP(0, 47, 1)
    if ((entry & 3) != 3)
        return fault_at(out, (entry & 1) ? RESERVED : NOT_PRESENT, 0, address, entry);
    denied |= entry;
    table = entry & ARM_ADDRESS;
    ARM_STEP(1, 36, 2047)
    if ((entry & 3) != 3)
        return fault_at(out, (entry & 1) ? RESERVED : NOT_PRESENT, 1, address, entry);
    denied |= entry;
    table = entry & ARM_ADDRESS;
    ARM_STEP(2, 25, 2047)
    if ((entry & 3) != 3) {
        if (!(entry & 1))
            return fault_at(out, NOT_PRESENT, 2, address, entry);
        ARM_LEAF(2, 25, 5)
    }
    denied |= entry;
    table = entry & ARM_ADDRESS;
    ARM_STEP(3, 14, 2047)
    if ((entry & 3) != 3)
        return fault_at(out, (entry & 1) ? RESERVED : NOT_PRESENT, 3, address, entry);
    ARM_LEAF(3, 14, 7)
}

#define LOOPS(name)                                                                                          \
    static OUT_OF_LINE int name##_call(                                                                      \
        const struct memory *memory, uint64_t root, uint64_t va, struct translation *out)                    \
    {                                                                                                        \
        return name(memory, root, va, out);                                                                  \
    }                                                                                                        \
    uint64_t translate_##name(const struct memory *memory, uint64_t root, const uint64_t *addresses, int64_t count) \
    {                                                                                                        \
        uint64_t sum = 0;                                                                                    \
        struct translation t;                                                                                \
        for (int64_t i = 0; i < count; i++)                                                                  \
            if (name##_call(memory, root, addresses[i], &t))                                                 \
                sum += t.physical_address;                                                                   \
        return sum;                                                                                          \
    }                                                                                                        \
    uint64_t translate_inlined_##name(const struct memory *memory, uint64_t root, const uint64_t *addresses, int64_t count) \
    {                                                                                                        \
        uint64_t sum = 0;                                                                                    \
        struct translation t;                                                                                \
        for (int64_t i = 0; i < count; i++)                                                                  \
            if (name(memory, root, addresses[i], &t))                                                        \
                sum += t.physical_address;                                                                   \
        return sum;                                                                                          \
    }

LOOPS(x64)
LOOPS(x64_la57)
LOOPS(arm64_16k)
