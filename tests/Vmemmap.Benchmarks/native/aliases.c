/*
 * The C yardstick of the alias scan: runs of neighbouring x86-64 last-level entries that map one frame, with what is known of
 * writing. One entry a step, as any C program would do it.
 */
#include <stdint.h>

struct run {
    uint64_t address;
    int32_t count;
    uint8_t first_writable;
    uint8_t rest_writable;
};

struct scan {
    struct run *runs;
    uint64_t run_count;
    uint64_t previous;
    struct run open;
};

#define COMPARE (0x000ffffffffff000UL | 1)
#define WRITABLE 2UL

static inline void flush(struct scan *scan)
{
    if (scan->open.count) {
        scan->runs[scan->run_count++] = scan->open;
        scan->open.count = 0;
    }
}

void scan_aliases(struct scan *scan, uint64_t address, const uint64_t *entries, int64_t count)
{
    struct scan s = *scan;
    uint64_t before = s.previous;
    for (int64_t i = 0; i < count; i++) {
        uint64_t entry = entries[i];
        if (((entry ^ before) & COMPARE) == 0 && (entry & 1)) {
            if (s.open.count == 0) {
                s.open.address = address + ((uint64_t)(i - 1) << 12);
                s.open.count = 1;
                s.open.first_writable = (before & WRITABLE) != 0;
                s.open.rest_writable = 0;
            }
            s.open.count++;
            s.open.rest_writable |= (entry & WRITABLE) != 0;
        } else {
            flush(&s);
        }
        before = entry;
    }
    s.previous = before;
    *scan = s;
}

void scan_end(struct scan *scan) { flush(scan); }
