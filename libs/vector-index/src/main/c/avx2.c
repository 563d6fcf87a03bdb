/* AVX2 with FMA: x86 since Haswell and Zen. */
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))

TARGET static inline float sum_floats(__m256 eight) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

TARGET static inline int32_t sum_ints(__m256i eight) {
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
    __m128i two = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
    return _mm_cvtsi128_si32(two) + _mm_extract_epi32(two, 1);
}

/* Adds a term per component of 8: a product or a squared difference. */
typedef __m256 add_terms(__m256 q, __m256 x, __m256 sum);
/* The same of one component. */
typedef float term(float q, float x);

TARGET static inline __m256 add_products(__m256 q, __m256 x, __m256 sum) { return _mm256_fmadd_ps(q, x, sum); }

static inline float product(float q, float x) { return q * x; }

TARGET static inline __m256 add_squares(__m256 q, __m256 x, __m256 sum) {
    __m256 difference = _mm256_sub_ps(q, x);
    return _mm256_fmadd_ps(difference, difference, sum);
}

static inline float square(float q, float x) { return (q - x) * (q - x); }

/* A group of vectors side by side, a line of each at a time, while the same lines of the next group are asked for. */
TARGET ALWAYS_INLINE static inline void group_of(int32_t group, const float *q, int32_t length, const float *const *x,
                                                 const float *const *next, float *out, add_terms *add, term *rest) {
    __m256 low[4], high[4];
    for (int32_t v = 0; v < group; v++) {
        low[v] = high[v] = _mm256_setzero_ps();
        /* The last line is asked for here, as a vector may begin within a line. */
        __builtin_prefetch(next[v] + length - 1);
    }
    int32_t i = 0;
    for (; i + 16 <= length; i += 16) {
        __m256 query_low = _mm256_loadu_ps(q + i), query_high = _mm256_loadu_ps(q + i + 8);
        for (int32_t v = 0; v < group; v++) {
            __builtin_prefetch(next[v] + i);
            low[v] = add(query_low, _mm256_loadu_ps(x[v] + i), low[v]);
            high[v] = add(query_high, _mm256_loadu_ps(x[v] + i + 8), high[v]);
        }
    }
    for (int32_t v = 0; v < group; v++) {
        float sum = sum_floats(_mm256_add_ps(low[v], high[v]));
        for (int32_t k = i; k < length; k++) {
            sum += rest(q[k], x[v][k]);
        }
        out[v] = sum;
    }
}

TARGET ALWAYS_INLINE static inline void floats(const float *query, int32_t length, const float *const *vectors,
                                               int32_t count, float *out, add_terms *add, term *rest) {
    prefetch_first((const void *const *)vectors, count, (int64_t)length * (int64_t)sizeof(float));
    int32_t v = 0;
    for (; v + 4 <= count; v += 4) {
        group_of(4, query, length, vectors + v, vectors + (v + 8 <= count ? v + 4 : count - 4), out + v, add, rest);
    }
    for (; v < count; v++) {
        group_of(1, query, length, vectors + v, vectors + v, out + v, add, rest);
    }
}

TARGET void avx2_dot(const float *query, int32_t length, const float *const *vectors, int32_t count, float *out) {
    floats(query, length, vectors, count, out, add_products, product);
}

TARGET void avx2_squared_l2(const float *query, int32_t length, const float *const *vectors, int32_t count,
                            float *out) {
    floats(query, length, vectors, count, out, add_squares, square);
}

/* The sums of pairs of products, of 16 components: in 32 bits, where the byte product of AVX2 would saturate at 16. */
TARGET static inline __m256i products16(__m256i q, const uint8_t *x) {
    return _mm256_madd_epi16(q, _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)x)));
}

/* A group of codes side by side, as of floats. */
TARGET ALWAYS_INLINE static inline void int8_group(int32_t group, const int8_t *q, int32_t length,
                                                   const uint8_t *const *x, int32_t *out) {
    __m256i sum[4];
    for (int32_t v = 0; v < group; v++) {
        sum[v] = _mm256_setzero_si256();
    }
    int32_t i = 0;
    for (; i + 16 <= length; i += 16) {
        __m256i query = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(q + i)));
        for (int32_t v = 0; v < group; v++) {
            sum[v] = _mm256_add_epi32(sum[v], products16(query, x[v] + i));
        }
    }
    for (int32_t v = 0; v < group; v++) {
        int32_t total = sum_ints(sum[v]);
        for (int32_t k = i; k < length; k++) {
            total += q[k] * x[v][k];
        }
        out[v] = total;
    }
}

TARGET void avx2_dot_int8(const int8_t *query, int32_t length, const uint8_t *const *codes, int32_t count,
                          int32_t *out) {
    int32_t ahead = prefetch_first((const void *const *)codes, count, length + BYTES_BEHIND_CODE);
    int32_t v = 0;
    for (; v + 4 <= count; v += 4) {
        prefetch_next((const void *const *)codes, v + ahead, 4, count, length + BYTES_BEHIND_CODE);
        int8_group(4, query, length, codes + v, out + v);
    }
    for (; v < count; v++) {
        int8_group(1, query, length, codes + v, out + v);
    }
}

/*
 * AVX2 counts no bits, but looks up bytes: a table of the 16 values of half a byte, once per plane of the query and
 * multiplied by the plane's weight. The counts of a byte then add up to at most 8 * (1 + 2 + 4 + 8), within a byte.
 * To stay unsigned, the table of a top plane of negative weight holds 32 - 8 * count, which adds 64 to every byte and
 * 512 to every word, to be subtracted.
 */
typedef struct {
    __m256i ones, twos, fours, eights, bias;
} bit_tables;

TARGET static inline bit_tables tables(int32_t is_signed) {
    __m256i counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2,
                                      3, 2, 3, 3, 4);
    bit_tables t;
    t.ones = counts;
    t.twos = _mm256_add_epi8(t.ones, t.ones);
    t.fours = _mm256_add_epi8(t.twos, t.twos);
    t.eights = _mm256_add_epi8(t.fours, t.fours);
    if (is_signed) {
        t.eights = _mm256_sub_epi8(_mm256_set1_epi8(32), t.eights);
    }
    t.bias = _mm256_set1_epi64x(is_signed ? 512 : 0);
    return t;
}

TARGET static inline __m256i look_up(__m256i table, __m256i word, const uint64_t *plane) {
    __m256i half = _mm256_set1_epi8(15);
    __m256i both = _mm256_and_si256(word, _mm256_loadu_si256((const __m256i *)plane));
    __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(both, half));
    __m256i high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(both, 4), half));
    return _mm256_add_epi8(low, high);
}

TARGET static inline int32_t dot_bits_one(const uint64_t *q, const bit_tables *t, int64_t block, const uint64_t *x) {
    __m256i sum = _mm256_setzero_si256();
    for (int64_t w = 0; w < block; w += 4) {
        __m256i word = _mm256_loadu_si256((const __m256i *)(x + w));
        __m256i low = _mm256_add_epi8(look_up(t->ones, word, q + w), look_up(t->twos, word, q + block + w));
        __m256i high = _mm256_add_epi8(look_up(t->fours, word, q + 2 * block + w),
                                       look_up(t->eights, word, q + 3 * block + w));
        __m256i bytes = _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
        __m256i planes = _mm256_loadu_si256((const __m256i *)(q + 4 * block + w));
        sum = _mm256_add_epi64(sum, _mm256_sllv_epi64(_mm256_sub_epi64(bytes, t->bias), planes));
    }
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    return (int32_t)(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
}

TARGET void avx2_dot_bits(const uint64_t *query, int32_t is_signed, int32_t words, const uint64_t *const *codes,
                          int32_t count, int32_t *out) {
    int64_t block = block_words(words);
    int64_t bytes = (int64_t)words * (int64_t)sizeof(uint64_t) + BYTES_BEHIND_CODE;
    bit_tables t = tables(is_signed);
    int32_t ahead = prefetch_first((const void *const *)codes, count, bytes);
    for (int32_t v = 0; v < count; v++) {
        if (v + ahead < count) {
            prefetch(codes[v + ahead], bytes);
        }
        out[v] = dot_bits_one(query, &t, block, codes[v]);
    }
}
#else
typedef int no_avx2;
#endif
