#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define WIDTH 8
#include "floats.inc"

QUANTISE(quantise_narrow, uint8_t, 255)
// As many products of 13 bits and 8 bits as a layer may have inputs fit in 32.
QUANTISE(quantise_wide, uint16_t, 8191)

static void quantise(float *x, const float *shift, int32_t rows, int32_t columns, int gelu, int wide, void *q, float *scale, float *least) {
    if (wide)
        quantise_wide(x, shift, rows, columns, gelu, q, scale, least);
    else
        quantise_narrow(x, shift, rows, columns, gelu, q, scale, least);
}

// Bytes of weights that are on their way while others are used: their pages follow each other, which the processor does not know.
enum { ahead = 3072 };

// Of some rows, the outputs of one panel.
#define WIDE(ROWS)                                                                                                                    \
    INLINE void wide_##ROWS(const tensor_layer *layer, const uint16_t *q, const float *scale, const float *least, int32_t n, float *out) {  \
        const int32_t inputs = layer->inputs, outputs = layer->outputs;                                                                  \
        const int8_t *w = layer->weights + (int64_t)n * inputs;                                                                          \
        __m256i left[ROWS], right[ROWS];                                                                                                 \
        for (int r = 0; r < ROWS; r++) left[r] = right[r] = _mm256_setzero_si256();                                                      \
        for (int32_t k = 0; k < inputs; k += 2, w += panel_outputs * 2) {                                                                \
            __builtin_prefetch(w + ahead);                                                                                           \
            __m256i w0 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)w)), w1 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + 16)));                     \
            _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++) {                                                          \
                int32_t two;                                                                                                            \
                memcpy(&two, q + (int64_t)r * inputs + k, 4);                                                                           \
                __m256i a = _mm256_set1_epi32(two);                                                                                     \
                left[r] = _mm256_add_epi32(left[r], _mm256_madd_epi16(a, w0));                                                                                           \
                right[r] = _mm256_add_epi32(right[r], _mm256_madd_epi16(a, w1));                                                                                         \
            }                                                                                                                            \
        }                                                                                                                                \
        _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++)                                                                \
            _Pragma("clang loop unroll(full)") for (int half = 0; half < 2; half++) {                                                    \
                int32_t at = n + 8 * half;                                                                                               \
                vector total = (vector)_mm256_cvtepi32_ps(half ? right[r] : left[r]);                                                    \
                store(out + (int64_t)r * outputs + at,                                                                                   \
                    total * (scale[r] * load(layer->scales + at)) + (least[r] * load(layer->sums + at) + load(layer->biases + at)));     \
            }                                                                                                                            \
    }
WIDE(6)
WIDE(4)
WIDE(1)

static void apply_wide(const tensor_layer *layer, const uint16_t *q, const float *scale, const float *least, int32_t rows, float *out) {
    const int64_t inputs = layer->inputs, outputs = layer->outputs;
    for (int32_t n = 0; n < outputs; n += panel_outputs) {
        int32_t i = 0;
        for (; i + 6 <= rows; i += 6) wide_6(layer, q + i * inputs, scale + i, least + i, n, out + i * outputs);
        for (; i + 4 <= rows; i += 4) wide_4(layer, q + i * inputs, scale + i, least + i, n, out + i * outputs);
        for (; i < rows; i++) wide_1(layer, q + i * inputs, scale + i, least + i, n, out + i * outputs);
    }
}

// Four products of bytes each; see `tensor_pack` for why no pair of products gets stuck at the largest number of 16 bits.
INLINE __m256i add_products(__m256i total, __m256i a, __m256i w) {
    return _mm256_add_epi32(total, _mm256_madd_epi16(_mm256_maddubs_epi16(a, w), _mm256_set1_epi16(1)));
}
#define FETCH_AHEAD(w) __builtin_prefetch((w) + ahead)
#include "narrow.inc"

static void apply(const tensor_layer *layer, const void *q, const float *scale, const float *least, int32_t rows, float *out) {
    if (layer->wide)
        apply_wide(layer, q, scale, least, rows, out);
    else
        apply_narrow(layer, q, scale, least, rows, out);
}

#pragma clang attribute pop

const tensor_kernels tensor_kernels_avx2 = {quantise, apply, add_norm, attention, mean_unit};
#endif
