/*
 * The C yardstick of a range walk: every entry of an x86-64 tree of 4 levels between two addresses, a table at a time.
 * scalar: one entry after the other, as hand-written walkers do. Without the attribute the compiler makes vectors of the sum.
 */
#include "memory.h"

#define SCALAR __attribute__((optimize("no-tree-vectorize")))

static const int shifts[] = { 39, 30, 21, 12 };

static inline __attribute__((always_inline)) uint64_t sum_vectors(const uint64_t *entries, uint64_t count)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++)
        sum += entries[i];
    return sum;
}

static SCALAR __attribute__((noinline)) uint64_t sum_scalar(const uint64_t *entries, uint64_t count)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++)
        sum += entries[i];
    return sum;
}

static uint64_t walk(
    const struct memory *memory, int level, uint64_t table, uint64_t first, uint64_t last, uint64_t (*sum)(const uint64_t *, uint64_t))
{
    uint64_t index = (first >> shifts[level]) & 511, end = (last >> shifts[level]) & 511, total = 0;
    if (table + 4096 > memory->entry_limit + 7)
        return 0;

    const uint64_t *entries = (const uint64_t *)(memory->data + table);
    if (level == 3)
        return sum(entries + index, end - index + 1);

    uint64_t here = first & ~((1UL << shifts[level]) - 1);
    for (; index <= end; index++, here += 1UL << shifts[level]) {
        uint64_t entry = entries[index];
        if ((entry & 0x81) != 1)
            continue;
        uint64_t reach = here + ((1UL << shifts[level]) - 1);
        total += walk(memory, level + 1, entry & 0x000ffffffffff000UL, first > here ? first : here, last < reach ? last : reach, sum);
    }

    return total;
}

static __attribute__((noinline)) uint64_t sum_vectors_call(const uint64_t *entries, uint64_t count) { return sum_vectors(entries, count); }

uint64_t walk_scalar(const struct memory *memory, uint64_t root, uint64_t first, uint64_t last)
{
    return walk(memory, 0, root, first, last, sum_scalar);
}

uint64_t walk_vectors(const struct memory *memory, uint64_t root, uint64_t first, uint64_t last)
{
    return walk(memory, 0, root, first, last, sum_vectors_call);
}

/* One sequential pass over a block of tables: the floor of everything that has to look at each entry. */
uint64_t sum_block(const uint64_t *entries, uint64_t count) { return sum_vectors(entries, count); }
