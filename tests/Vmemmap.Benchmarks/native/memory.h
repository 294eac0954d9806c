/* Physical memory as the walkers see it: one block from address 0. Same layout as ArenaMemory. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

struct memory {
    const uint8_t *data;
    uint64_t entry_limit; /* addresses below this one have 8 bytes */
};

static inline int read_entry(const struct memory *memory, uint64_t address, uint64_t *entry)
{
    if (address >= memory->entry_limit) {
        *entry = 0;
        return 0;
    }

    *entry = *(const uint64_t *)(memory->data + address);
    return 1;
}

#endif
