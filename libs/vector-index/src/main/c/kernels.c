/* What the library exports: the levels that this CPU has, and every kernel at a level of them. */
#include "kernels.h"

#define EXPORT __attribute__((visibility("default")))

typedef struct {
    const char *name;
    dot_kernel *dot;
    dot_kernel *squared_l2;
    int8_kernel *dot_int8;
    bits_kernel *dot_bits;
} level_kernels;

/* From the lowest level up: a CPU that has one has those before it. */
static const level_kernels LEVELS[] = {
#if defined(__x86_64__)
    {"avx2", avx2_dot, avx2_squared_l2, avx2_dot_int8, avx2_dot_bits},
    {"avx512", avx512_dot, avx512_squared_l2, avx512_dot_int8, avx512_dot_bits},
#elif defined(__aarch64__)
    {"neon", neon_dot, neon_squared_l2, neon_dot_int8, neon_dot_bits},
#else
#error "no kernels for this architecture"
#endif
};

/* How many levels this CPU has; those below that number may be passed to the kernels. */
EXPORT int32_t vectordb_kernels_levels(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        return 0;
    }
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vnni") || !__builtin_cpu_supports("avx512bitalg")) {
        return 1;
    }
    return 2;
#else
    return 1;
#endif
}

EXPORT const char *vectordb_kernels_name(int32_t level) { return LEVELS[level].name; }

EXPORT void vectordb_dot(int32_t level, const float *query, int32_t length, const float *const *vectors, int32_t count,
                         float *out) {
    LEVELS[level].dot(query, length, vectors, count, out);
}

EXPORT void vectordb_squared_l2(int32_t level, const float *query, int32_t length, const float *const *vectors,
                                int32_t count, float *out) {
    LEVELS[level].squared_l2(query, length, vectors, count, out);
}

EXPORT void vectordb_dot_int8(int32_t level, const int8_t *query, int32_t length, const uint8_t *const *codes,
                              int32_t count, int32_t *out) {
    LEVELS[level].dot_int8(query, length, codes, count, out);
}

EXPORT void vectordb_dot_bits(int32_t level, const uint64_t *query, int32_t is_signed, int32_t words,
                              const uint64_t *const *codes, int32_t count, int32_t *out) {
    LEVELS[level].dot_bits(query, is_signed, words, codes, count, out);
}

/* Asks for some bytes that will be read soon. */
EXPORT void vectordb_prefetch(const void *from, int64_t bytes) { prefetch(from, bytes); }
