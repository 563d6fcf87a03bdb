/* AVX-512 with the extensions that count bits and multiply bytes: Ice Lake, Zen 4 and later. */
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vnni,avx512vpopcntdq")))

TARGET static inline __mmask16 rest16(int32_t rest) { return (__mmask16)((1u << rest) - 1); }

TARGET static inline __m512 add4(__m512 a, __m512 b, __m512 c, __m512 d) {
    return _mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d));
}

TARGET static inline float dot_one(const float *q, const float *x, int32_t length) {
    __m512 a = _mm512_setzero_ps(), b = a, c = a, d = a;
    int32_t i = 0;
    for (; i + 64 <= length; i += 64) {
        a = _mm512_fmadd_ps(_mm512_loadu_ps(q + i), _mm512_loadu_ps(x + i), a);
        b = _mm512_fmadd_ps(_mm512_loadu_ps(q + i + 16), _mm512_loadu_ps(x + i + 16), b);
        c = _mm512_fmadd_ps(_mm512_loadu_ps(q + i + 32), _mm512_loadu_ps(x + i + 32), c);
        d = _mm512_fmadd_ps(_mm512_loadu_ps(q + i + 48), _mm512_loadu_ps(x + i + 48), d);
    }
    for (; i + 16 <= length; i += 16) {
        a = _mm512_fmadd_ps(_mm512_loadu_ps(q + i), _mm512_loadu_ps(x + i), a);
    }
    __mmask16 rest = rest16(length - i);
    b = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(rest, q + i), _mm512_maskz_loadu_ps(rest, x + i), b);
    return _mm512_reduce_add_ps(add4(a, b, c, d));
}

TARGET void avx512_dot(const float *query, int32_t length, const float *const *vectors, int32_t count, float *out) {
    int64_t bytes = (int64_t)length * (int64_t)sizeof(float);
    int32_t ahead = prefetch_first((const void *const *)vectors, count, bytes);
    for (int32_t v = 0; v < count; v++) {
        if (v + ahead < count) {
            prefetch(vectors[v + ahead], bytes);
        }
        out[v] = dot_one(query, vectors[v], length);
    }
}

TARGET static inline __m512 add_square(__m512 q, __m512 x, __m512 sum) {
    __m512 difference = _mm512_sub_ps(q, x);
    return _mm512_fmadd_ps(difference, difference, sum);
}

TARGET static inline float squared_l2_one(const float *q, const float *x, int32_t length) {
    __m512 a = _mm512_setzero_ps(), b = a, c = a, d = a;
    int32_t i = 0;
    for (; i + 64 <= length; i += 64) {
        a = add_square(_mm512_loadu_ps(q + i), _mm512_loadu_ps(x + i), a);
        b = add_square(_mm512_loadu_ps(q + i + 16), _mm512_loadu_ps(x + i + 16), b);
        c = add_square(_mm512_loadu_ps(q + i + 32), _mm512_loadu_ps(x + i + 32), c);
        d = add_square(_mm512_loadu_ps(q + i + 48), _mm512_loadu_ps(x + i + 48), d);
    }
    for (; i + 16 <= length; i += 16) {
        a = add_square(_mm512_loadu_ps(q + i), _mm512_loadu_ps(x + i), a);
    }
    __mmask16 rest = rest16(length - i);
    b = add_square(_mm512_maskz_loadu_ps(rest, q + i), _mm512_maskz_loadu_ps(rest, x + i), b);
    return _mm512_reduce_add_ps(add4(a, b, c, d));
}

TARGET void avx512_squared_l2(const float *query, int32_t length, const float *const *vectors, int32_t count,
                              float *out) {
    int64_t bytes = (int64_t)length * (int64_t)sizeof(float);
    int32_t ahead = prefetch_first((const void *const *)vectors, count, bytes);
    for (int32_t v = 0; v < count; v++) {
        if (v + ahead < count) {
            prefetch(vectors[v + ahead], bytes);
        }
        out[v] = squared_l2_one(query, vectors[v], length);
    }
}

TARGET static inline int32_t dot_int8_one(const int8_t *q, const uint8_t *x, int32_t length) {
    __m512i a = _mm512_setzero_si512(), b = a;
    int32_t i = 0;
    for (; i + 128 <= length; i += 128) {
        a = _mm512_dpbusd_epi32(a, _mm512_loadu_si512(x + i), _mm512_loadu_si512(q + i));
        b = _mm512_dpbusd_epi32(b, _mm512_loadu_si512(x + i + 64), _mm512_loadu_si512(q + i + 64));
    }
    if (i + 64 <= length) {
        a = _mm512_dpbusd_epi32(a, _mm512_loadu_si512(x + i), _mm512_loadu_si512(q + i));
        i += 64;
    }
    __mmask64 rest = (UINT64_C(1) << (length - i)) - 1;
    b = _mm512_dpbusd_epi32(b, _mm512_maskz_loadu_epi8(rest, x + i), _mm512_maskz_loadu_epi8(rest, q + i));
    return _mm512_reduce_add_epi32(_mm512_add_epi32(a, b));
}

TARGET void avx512_dot_int8(const int8_t *query, int32_t length, const uint8_t *const *codes, int32_t count,
                            int32_t *out) {
    int32_t ahead = prefetch_first((const void *const *)codes, count, length);
    for (int32_t v = 0; v < count; v++) {
        if (v + ahead < count) {
            prefetch(codes[v + ahead], length);
        }
        out[v] = dot_int8_one(query, codes[v], length);
    }
}

TARGET static inline __m512i popcount(__m512i word, const uint64_t *plane) {
    return _mm512_popcnt_epi64(_mm512_and_si512(word, _mm512_loadu_si512(plane)));
}

/* sum * 2 + next */
TARGET static inline __m512i horner(__m512i sum, __m512i next) {
    return _mm512_add_epi64(_mm512_add_epi64(sum, sum), next);
}

TARGET static inline int32_t dot_bits_one(const uint64_t *q, __m512i sign, int64_t block, const uint64_t *x) {
    __m512i sum = _mm512_setzero_si512();
    for (int64_t w = 0; w < block; w += 8) {
        __m512i word = _mm512_loadu_si512(x + w);
        __m512i weighted = popcount(word, q + 3 * block + w);
        weighted = _mm512_sub_epi64(_mm512_xor_si512(weighted, sign), sign);
        weighted = horner(weighted, popcount(word, q + 2 * block + w));
        weighted = horner(weighted, popcount(word, q + block + w));
        weighted = horner(weighted, popcount(word, q + w));
        sum = _mm512_add_epi64(sum, _mm512_sllv_epi64(weighted, _mm512_loadu_si512(q + 4 * block + w)));
    }
    return (int32_t)_mm512_reduce_add_epi64(sum);
}

TARGET void avx512_dot_bits(const uint64_t *query, int32_t is_signed, int32_t words, const uint64_t *const *codes,
                            int32_t count, int32_t *out) {
    int64_t block = block_words(words);
    int64_t bytes = (int64_t)words * (int64_t)sizeof(uint64_t);
    /* All ones negate what they are XORed with and subtracted from. */
    __m512i sign = _mm512_set1_epi64(is_signed ? -1 : 0);
    int32_t ahead = prefetch_first((const void *const *)codes, count, bytes);
    for (int32_t v = 0; v < count; v++) {
        if (v + ahead < count) {
            prefetch(codes[v + ahead], bytes);
        }
        out[v] = dot_bits_one(query, sign, block, codes[v]);
    }
}
#else
typedef int no_avx512;
#endif
