#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)

#define WIDTH 8
#include "floats.inc"

QUANTISE(quantise_narrow, uint8_t, 255)

static void quantise(float *x, const float *shift, int32_t rows, int32_t columns, int gelu, int wide, void *q, float *scale, float *least) {
    (void)wide;
    quantise_narrow(x, shift, rows, columns, gelu, q, scale, least);
}

// Of some rows, the outputs of one panel.
#define ROWS_OF(ROWS)                                                                                                                    \
    INLINE void rows_##ROWS(const tensor_layer *layer, const uint8_t *q, const float *scale, const float *least, int32_t n, float *out) {  \
        const int32_t inputs = layer->inputs, outputs = layer->outputs;                                                                  \
        const int8_t *w = layer->weights + (int64_t)n * inputs;                                                                          \
        __m256i left[ROWS], right[ROWS];                                                                                                 \
        for (int r = 0; r < ROWS; r++) left[r] = right[r] = _mm256_setzero_si256();                                                      \
        for (int32_t k = 0; k < inputs; k += 4, w += panel_outputs * 4) {                                                                \
            __m256i w0 = _mm256_loadu_si256((const __m256i *)w), w1 = _mm256_loadu_si256((const __m256i *)(w + 32));                     \
            _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++) {                                                          \
                int32_t four;                                                                                                            \
                memcpy(&four, q + (int64_t)r * inputs + k, 4);                                                                           \
                __m256i a = _mm256_set1_epi32(four);                                                                                     \
                left[r] = _mm256_dpbusd_avx_epi32(left[r], a, w0);                                                                                           \
                right[r] = _mm256_dpbusd_avx_epi32(right[r], a, w1);                                                                                         \
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
ROWS_OF(6)
ROWS_OF(4)
ROWS_OF(1)

static void apply(const tensor_layer *layer, const void *quanta, const float *scale, const float *least, int32_t rows, float *out) {
    for (int32_t n = 0; n < layer->outputs; n += panel_outputs) {
        int32_t i = 0;
        for (; i + 6 <= rows; i += 6) rows_6(layer, (const uint8_t *)quanta + (int64_t)i * layer->inputs, scale + i, least + i, n, out + (int64_t)i * layer->outputs);
        for (; i + 4 <= rows; i += 4) rows_4(layer, (const uint8_t *)quanta + (int64_t)i * layer->inputs, scale + i, least + i, n, out + (int64_t)i * layer->outputs);
        for (; i < rows; i++) rows_1(layer, (const uint8_t *)quanta + (int64_t)i * layer->inputs, scale + i, least + i, n, out + (int64_t)i * layer->outputs);
    }
}

#pragma clang attribute pop

const tensor_kernels tensor_kernels_avx_vnni = {quantise, apply, add_norm, attention, mean_unit};
#endif
