/*
 * libkdumpfile as a yardstick: opens an image and translates consecutive pages. Needs libkdumpfile's headers and library.
 * kdumpfile FILE ADDRESS COUNT STEP ROUNDS prints the milliseconds of opening and, of the fastest round, nanoseconds a translation.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <libkdumpfile/kdumpfile.h>
#include <libkdumpfile/addrxlat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;

    uint64_t address = strtoull(argv[2], NULL, 0), step = strtoull(argv[4], NULL, 0);
    long count = atol(argv[3]), rounds = atol(argv[5]);
    double start = now();
    kdump_ctx_t *ctx = kdump_new();
    int fd = open(argv[1], O_RDONLY);
    addrxlat_ctx_t *translation;
    addrxlat_sys_t *system;
    if (fd < 0 || kdump_set_number_attr(ctx, KDUMP_ATTR_FILE_FD, fd) != KDUMP_OK
        || kdump_set_string_attr(ctx, KDUMP_ATTR_OSTYPE, "linux") != KDUMP_OK
        || kdump_get_addrxlat(ctx, &translation, &system) != KDUMP_OK) {
        fprintf(stderr, "%s\n", kdump_get_err(ctx));
        return 1;
    }

    double opened = now() - start, best = 0;
    uint64_t sum = 0;
    long failed = 0;
    for (long round = 0; round < rounds; round++) {
        start = now();
        sum = 0;
        failed = 0;
        for (long i = 0; i < count; i++) {
            addrxlat_fulladdr_t at = { address + (uint64_t)i * step, ADDRXLAT_KVADDR };
            if (addrxlat_fulladdr_conv(&at, ADDRXLAT_KPHYSADDR, translation, system) == ADDRXLAT_OK)
                sum += at.addr;
            else
                failed++;
        }
        double each = (now() - start) / count;
        if (best == 0 || each < best)
            best = each;
    }

    printf("%.3f %.3f %" PRIu64 " %ld\n", opened / 1e6, best, sum, failed);
    return 0;
}
