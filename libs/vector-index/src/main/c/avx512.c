/* AVX-512 with the extensions that count bits and multiply bytes: Ice Lake, Zen 4 and later. */
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vnni,avx512bitalg")))

TARGET static inline __mmask16 rest16(int32_t rest) { return (__mmask16)((1u << rest) - 1); }

TARGET static inline __mmask64 rest64(int32_t rest) { return (UINT64_C(1) << rest) - 1; }

/* Adds a term per component of 16: a product or a squared difference. */
typedef __m512 add_terms(__m512 q, __m512 x, __m512 sum);

TARGET static inline __m512 add_products(__m512 q, __m512 x, __m512 sum) { return _mm512_fmadd_ps(q, x, sum); }

TARGET static inline __m512 add_squares(__m512 q, __m512 x, __m512 sum) {
    __m512 difference = _mm512_sub_ps(q, x);
    return _mm512_fmadd_ps(difference, difference, sum);
}

/* Four vectors side by side, a line of each at a time, while the same lines of the next four are asked for. */
TARGET ALWAYS_INLINE static inline void four(const float *q, int32_t length, const float *const *x,
                                             const float *const *next, float *out, add_terms *add) {
    __m512 sum[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
    int32_t i = 0;
    for (; i + 16 <= length; i += 16) {
        __m512 query = _mm512_loadu_ps(q + i);
        for (int32_t v = 0; v < 4; v++) {
            __builtin_prefetch(next[v] + i);
            sum[v] = add(query, _mm512_loadu_ps(x[v] + i), sum[v]);
        }
    }
    __mmask16 rest = rest16(length - i);
    __m512 query = _mm512_maskz_loadu_ps(rest, q + i);
    for (int32_t v = 0; v < 4; v++) {
        __builtin_prefetch(next[v] + length - 1);
        out[v] = _mm512_reduce_add_ps(add(query, _mm512_maskz_loadu_ps(rest, x[v] + i), sum[v]));
    }
}

TARGET ALWAYS_INLINE static inline float one(const float *q, int32_t length, const float *x, add_terms *add) {
    __m512 a = _mm512_setzero_ps(), b = a;
    int32_t i = 0;
    for (; i + 32 <= length; i += 32) {
        a = add(_mm512_loadu_ps(q + i), _mm512_loadu_ps(x + i), a);
        b = add(_mm512_loadu_ps(q + i + 16), _mm512_loadu_ps(x + i + 16), b);
    }
    if (i + 16 <= length) {
        a = add(_mm512_loadu_ps(q + i), _mm512_loadu_ps(x + i), a);
        i += 16;
    }
    __mmask16 rest = rest16(length - i);
    b = add(_mm512_maskz_loadu_ps(rest, q + i), _mm512_maskz_loadu_ps(rest, x + i), b);
    return _mm512_reduce_add_ps(_mm512_add_ps(a, b));
}

TARGET ALWAYS_INLINE static inline void floats(const float *query, int32_t length, const float *const *vectors,
                                               int32_t count, float *out, add_terms *add) {
    prefetch_first((const void *const *)vectors, count, (int64_t)length * (int64_t)sizeof(float));
    int32_t v = 0;
    for (; v + 4 <= count; v += 4) {
        four(query, length, vectors + v, vectors + (v + 8 <= count ? v + 4 : count - 4), out + v, add);
    }
    for (; v < count; v++) {
        out[v] = one(query, length, vectors[v], add);
    }
}

TARGET void avx512_dot(const float *query, int32_t length, const float *const *vectors, int32_t count, float *out) {
    floats(query, length, vectors, count, out, add_products);
}

TARGET void avx512_squared_l2(const float *query, int32_t length, const float *const *vectors, int32_t count,
                              float *out) {
    floats(query, length, vectors, count, out, add_squares);
}

/* Adds up the lanes of four registers, into four results. */
TARGET static inline void store_sums(const __m512i *sum, int32_t *out) {
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(sum[0], sum[1]), _mm512_unpackhi_epi32(sum[0], sum[1]));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(sum[2], sum[3]), _mm512_unpackhi_epi32(sum[2], sum[3]));
    __m512i abcd = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(abcd), _mm512_extracti64x4_epi64(abcd, 1));
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    _mm_storeu_si128((__m128i *)out, four);
}

/* Four codes side by side, as of floats. */
TARGET static inline void dot_int8_four(const int8_t *q, int32_t length, const uint8_t *const *x,
                                        const uint8_t *const *next, int32_t *out) {
    __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    int32_t i = 0;
    for (; i + 64 <= length; i += 64) {
        __m512i query = _mm512_loadu_si512(q + i);
        for (int32_t v = 0; v < 4; v++) {
            __builtin_prefetch(next[v] + i);
            sum[v] = _mm512_dpbusd_epi32(sum[v], _mm512_loadu_si512(x[v] + i), query);
        }
    }
    __mmask64 rest = rest64(length - i);
    __m512i query = _mm512_maskz_loadu_epi8(rest, q + i);
    for (int32_t v = 0; v < 4; v++) {
        __builtin_prefetch(next[v] + length - 1 + BYTES_BEHIND_CODE);
        __m512i last = _mm512_maskz_loadu_epi8(rest, x[v] + i);
        sum[v] = _mm512_dpbusd_epi32(sum[v], last, query);
    }
    store_sums(sum, out);
}

TARGET static inline int32_t dot_int8_one(const int8_t *q, int32_t length, const uint8_t *x) {
    __m512i sum = _mm512_setzero_si512();
    int32_t i = 0;
    for (; i + 64 <= length; i += 64) {
        sum = _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(x + i), _mm512_loadu_si512(q + i));
    }
    __mmask64 rest = rest64(length - i);
    __m512i last = _mm512_maskz_loadu_epi8(rest, x + i);
    return _mm512_reduce_add_epi32(_mm512_dpbusd_epi32(sum, last, _mm512_maskz_loadu_epi8(rest, q + i)));
}

TARGET void avx512_dot_int8(const int8_t *query, int32_t length, const uint8_t *const *codes, int32_t count,
                            int32_t *out) {
    prefetch_first((const void *const *)codes, count, length + BYTES_BEHIND_CODE);
    int32_t v = 0;
    for (; v + 4 <= count; v += 4) {
        dot_int8_four(query, length, codes + v, codes + (v + 8 <= count ? v + 4 : count - 4), out + v);
    }
    for (; v < count; v++) {
        out[v] = dot_int8_one(query, length, codes[v]);
    }
}

/* The counts of the bits of every byte, times the weight of the plane, added up in groups of four. */
TARGET static inline __m512i add_counts(__m512i sum, __m512i word, __m512i plane, __m512i weight) {
    return _mm512_dpbusd_epi32(sum, _mm512_popcnt_epi8(_mm512_and_si512(word, plane)), weight);
}

/* A group of codes side by side: the planes of the query are loaded once. */
TARGET ALWAYS_INLINE static inline void bits_group(const uint64_t *q, int32_t is_signed, int64_t block,
                                                   const uint64_t *const *x, __m512i *sum, int32_t group) {
    __m512i weight[4] = {_mm512_set1_epi8(1), _mm512_set1_epi8(2), _mm512_set1_epi8(4),
                         _mm512_set1_epi8(is_signed ? -8 : 8)};
    for (int32_t v = 0; v < group; v++) {
        sum[v] = _mm512_setzero_si512();
    }
    for (int64_t w = 0; w < block; w += 8) {
        __m512i numbers = _mm512_loadu_si512(q + 4 * block + w);
        /* Small, so that the lower half of a long is the number, and is copied into the upper. */
        __m512i shifts = _mm512_shuffle_epi32(numbers, _MM_PERM_CCAA);
        __m512i plane[4];
        for (int32_t b = 0; b < 4; b++) {
            plane[b] = _mm512_loadu_si512(q + b * block + w);
        }
        for (int32_t v = 0; v < group; v++) {
            __m512i word = _mm512_loadu_si512(x[v] + w);
            __m512i counts = _mm512_setzero_si512();
            for (int32_t b = 0; b < 4; b++) {
                counts = add_counts(counts, word, plane[b], weight[b]);
            }
            sum[v] = _mm512_add_epi32(sum[v], _mm512_sllv_epi32(counts, shifts));
        }
    }
}

TARGET void avx512_dot_bits(const uint64_t *query, int32_t is_signed, int32_t words, const uint64_t *const *codes,
                            int32_t count, int32_t *out) {
    int64_t block = block_words(words);
    int64_t bytes = (int64_t)words * (int64_t)sizeof(uint64_t) + BYTES_BEHIND_CODE;
    int32_t ahead = prefetch_first((const void *const *)codes, count, bytes);
    __m512i sum[4];
    int32_t v = 0;
    for (; v + 4 <= count; v += 4) {
        prefetch_next((const void *const *)codes, v + ahead, 4, count, bytes);
        bits_group(query, is_signed, block, codes + v, sum, 4);
        store_sums(sum, out + v);
    }
    for (; v < count; v++) {
        bits_group(query, is_signed, block, codes + v, sum, 1);
        out[v] = _mm512_reduce_add_epi32(sum[0]);
    }
}
#else
typedef int no_avx512;
#endif
