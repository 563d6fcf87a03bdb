/* NEON, which every 64-bit ARM has. */
#if defined(__aarch64__)
#include "kernels.h"
#include <arm_neon.h>

static inline float dot_one(const float *q, const float *x, int32_t length) {
    float32x4_t a = vdupq_n_f32(0), b = a;
    int32_t i = 0;
    for (; i + 8 <= length; i += 8) {
        a = vfmaq_f32(a, vld1q_f32(q + i), vld1q_f32(x + i));
        b = vfmaq_f32(b, vld1q_f32(q + i + 4), vld1q_f32(x + i + 4));
    }
    float sum = vaddvq_f32(vaddq_f32(a, b));
    for (; i < length; i++) {
        sum += q[i] * x[i];
    }
    return sum;
}

void neon_dot(const float *query, int32_t length, const float *const *vectors, int32_t count, float *out) {
    int64_t bytes = (int64_t)length * (int64_t)sizeof(float);
    int32_t ahead = prefetch_first((const void *const *)vectors, count, bytes);
    for (int32_t v = 0; v < count; v++) {
        if (v + ahead < count) {
            prefetch(vectors[v + ahead], bytes);
        }
        out[v] = dot_one(query, vectors[v], length);
    }
}

static inline float squared_l2_one(const float *q, const float *x, int32_t length) {
    float32x4_t a = vdupq_n_f32(0), b = a;
    int32_t i = 0;
    for (; i + 8 <= length; i += 8) {
        float32x4_t low = vsubq_f32(vld1q_f32(q + i), vld1q_f32(x + i));
        float32x4_t high = vsubq_f32(vld1q_f32(q + i + 4), vld1q_f32(x + i + 4));
        a = vfmaq_f32(a, low, low);
        b = vfmaq_f32(b, high, high);
    }
    float sum = vaddvq_f32(vaddq_f32(a, b));
    for (; i < length; i++) {
        sum += (q[i] - x[i]) * (q[i] - x[i]);
    }
    return sum;
}

void neon_squared_l2(const float *query, int32_t length, const float *const *vectors, int32_t count, float *out) {
    int64_t bytes = (int64_t)length * (int64_t)sizeof(float);
    int32_t ahead = prefetch_first((const void *const *)vectors, count, bytes);
    for (int32_t v = 0; v < count; v++) {
        if (v + ahead < count) {
            prefetch(vectors[v + ahead], bytes);
        }
        out[v] = squared_l2_one(query, vectors[v], length);
    }
}

static inline int32_t dot_int8_one(const int8_t *q, const uint8_t *x, int32_t length) {
    int32x4_t a = vdupq_n_s32(0), b = a;
    int32_t i = 0;
    for (; i + 8 <= length; i += 8) {
        int16x8_t query = vmovl_s8(vld1_s8(q + i));
        int16x8_t code = vreinterpretq_s16_u16(vmovl_u8(vld1_u8(x + i)));
        a = vmlal_s16(a, vget_low_s16(query), vget_low_s16(code));
        b = vmlal_s16(b, vget_high_s16(query), vget_high_s16(code));
    }
    int32_t sum = vaddvq_s32(vaddq_s32(a, b));
    for (; i < length; i++) {
        sum += q[i] * x[i];
    }
    return sum;
}

void neon_dot_int8(const int8_t *query, int32_t length, const uint8_t *const *codes, int32_t count, int32_t *out) {
    int32_t ahead = prefetch_first((const void *const *)codes, count, length + BYTES_BEHIND_CODE);
    for (int32_t v = 0; v < count; v++) {
        if (v + ahead < count) {
            prefetch(codes[v + ahead], length + BYTES_BEHIND_CODE);
        }
        out[v] = dot_int8_one(query, codes[v], length);
    }
}

/* The bits of every byte, at most 8. */
static inline int8x16_t popcount(uint64x2_t word, const uint64_t *plane) {
    return vreinterpretq_s8_u8(vcntq_u8(vreinterpretq_u8_u64(vandq_u64(word, vld1q_u64(plane)))));
}

/* The weighted counts of a byte lie between -8 * 8 and 8 * (1 + 2 + 4 + 8), within a signed byte. */
static inline int32_t dot_bits_one(const uint64_t *q, int8_t top, int64_t block, const uint64_t *x) {
    int64x2_t sum = vdupq_n_s64(0);
    for (int64_t w = 0; w < block; w += 2) {
        uint64x2_t word = vld1q_u64(x + w);
        int8x16_t bytes = popcount(word, q + w);
        bytes = vmlaq_s8(bytes, popcount(word, q + block + w), vdupq_n_s8(2));
        bytes = vmlaq_s8(bytes, popcount(word, q + 2 * block + w), vdupq_n_s8(4));
        bytes = vmlaq_s8(bytes, popcount(word, q + 3 * block + w), vdupq_n_s8(top));
        int64x2_t weighted = vpaddlq_s32(vpaddlq_s16(vpaddlq_s8(bytes)));
        int64x2_t planes = vreinterpretq_s64_u64(vld1q_u64(q + 4 * block + w));
        sum = vaddq_s64(sum, vshlq_s64(weighted, planes));
    }
    return (int32_t)vaddvq_s64(sum);
}

void neon_dot_bits(const uint64_t *query, int32_t is_signed, int32_t words, const uint64_t *const *codes, int32_t count,
                   int32_t *out) {
    int64_t block = block_words(words);
    int64_t bytes = (int64_t)words * (int64_t)sizeof(uint64_t) + BYTES_BEHIND_CODE;
    int8_t top = is_signed ? -8 : 8;
    int32_t ahead = prefetch_first((const void *const *)codes, count, bytes);
    for (int32_t v = 0; v < count; v++) {
        if (v + ahead < count) {
            prefetch(codes[v + ahead], bytes);
        }
        out[v] = dot_bits_one(query, top, block, codes[v]);
    }
}
#else
typedef int no_neon;
#endif
