/*
 * The kernels of io.vectordb.vectorindex.kernel.Kernels, once per level of CPU. Its documentation tells the layouts; the
 * arguments are the same, after that of the level.
 *
 * Every function of a level is compiled for that level by an attribute of its own, so that one library serves all CPUs
 * of an architecture. No function calls into the C library, allocates or keeps state.
 */
#ifndef VECTORDB_KERNELS_H
#define VECTORDB_KERNELS_H

#include <stdint.h>

#define CACHE_LINE 64
/* What a caller reads behind a code next: its corrections. They are fetched with it. */
#define BYTES_BEHIND_CODE 12
#define ALWAYS_INLINE __attribute__((always_inline))

/* Cache lines of one query that are under way at a time: about what a core of today has miss registers for. */
#ifndef LINES_AHEAD
#define LINES_AHEAD 24
#endif

typedef void dot_kernel(const float *query, int32_t length, const float *const *vectors, int32_t count, float *out);
typedef void int8_kernel(const int8_t *query, int32_t length, const uint8_t *const *codes, int32_t count, int32_t *out);
typedef void bits_kernel(const uint64_t *query, int32_t is_signed, int32_t words, const uint64_t *const *codes,
                         int32_t count, int32_t *out);

/* The longs of one block of a query of bit planes: the words of a code, rounded up. */
static inline int64_t block_words(int32_t words) { return ((int64_t)words + 7) & ~INT64_C(7); }

/* Asks for every cache line of some bytes. */
static inline void prefetch(const void *from, int64_t bytes) {
    uintptr_t end = (uintptr_t)from + (uintptr_t)bytes;
    for (uintptr_t line = (uintptr_t)from & ~(uintptr_t)(CACHE_LINE - 1); line < end; line += CACHE_LINE) {
        __builtin_prefetch((const void *)line);
    }
}

/* Asks for as many of the first vectors as are to be under way at a time, and tells how many that is. */
static inline int32_t prefetch_first(const void *const *vectors, int32_t count, int64_t bytes) {
    int32_t ahead = 0;
    for (int64_t asked = 0; ahead < count && asked < LINES_AHEAD * CACHE_LINE; ahead++) {
        prefetch(vectors[ahead], bytes);
        asked += bytes;
    }
    return ahead;
}

/* Asks for a group of the vectors from one on, as far as there are any. */
static inline void prefetch_next(const void *const *vectors, int32_t first, int32_t group, int32_t count,
                                 int64_t bytes) {
    for (int32_t v = first; v < first + group && v < count; v++) {
        prefetch(vectors[v], bytes);
    }
}

#if defined(__x86_64__)
dot_kernel avx2_dot, avx2_squared_l2, avx512_dot, avx512_squared_l2;
int8_kernel avx2_dot_int8, avx512_dot_int8;
bits_kernel avx2_dot_bits, avx512_dot_bits;
#elif defined(__aarch64__)
dot_kernel neon_dot, neon_squared_l2;
int8_kernel neon_dot_int8;
bits_kernel neon_dot_bits;
#endif

#endif
