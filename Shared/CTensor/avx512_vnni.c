#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#define WIDTH 16
#include "floats.inc"

QUANTISE(quantise_narrow, uint8_t, 255)

static void quantise(float *x, const float *shift, int32_t rows, int32_t columns, int gelu, int wide, void *q, float *scale, float *least) {
    (void)wide;
    quantise_narrow(x, shift, rows, columns, gelu, q, scale, least);
}

// Of some rows, the outputs of four panels: as many sums as there are registers for.
#define ROWS_OF(ROWS)                                                                                                                    \
    INLINE void rows_##ROWS(const tensor_layer *layer, const uint8_t *q, const float *scale, const float *least, int32_t n, float *out) {  \
        const int32_t inputs = layer->inputs, outputs = layer->outputs;                                                                  \
        const int8_t *w = layer->weights + (int64_t)n * inputs;                                                                          \
        const int64_t panel = (int64_t)panel_outputs * inputs;                                                                           \
        __m512i total[ROWS][4];                                                                                                          \
        for (int r = 0; r < ROWS; r++)                                                                                                   \
            for (int p = 0; p < 4; p++) total[r][p] = _mm512_setzero_si512();                                                            \
        for (int32_t k = 0; k < inputs; k += 4, w += panel_outputs * 4) {                                                                \
            __m512i w0 = _mm512_loadu_si512(w), w1 = _mm512_loadu_si512(w + panel);                                                      \
            __m512i w2 = _mm512_loadu_si512(w + 2 * panel), w3 = _mm512_loadu_si512(w + 3 * panel);                                      \
            _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++) {                                                          \
                int32_t four;                                                                                                            \
                memcpy(&four, q + (int64_t)r * inputs + k, 4);                                                                           \
                __m512i a = _mm512_set1_epi32(four);                                                                                     \
                total[r][0] = _mm512_dpbusd_epi32(total[r][0], a, w0);                                                                   \
                total[r][1] = _mm512_dpbusd_epi32(total[r][1], a, w1);                                                                   \
                total[r][2] = _mm512_dpbusd_epi32(total[r][2], a, w2);                                                                   \
                total[r][3] = _mm512_dpbusd_epi32(total[r][3], a, w3);                                                                   \
            }                                                                                                                            \
        }                                                                                                                                \
        _Pragma("clang loop unroll(full)") for (int p = 0; p < 4; p++) {                                                                 \
            int32_t at = n + panel_outputs * p;                                                                                          \
            vector scales = load(layer->scales + at), sums = load(layer->sums + at), biases = load(layer->biases + at);                  \
            _Pragma("clang loop unroll(full)") for (int r = 0; r < ROWS; r++)                                                            \
                store(out + (int64_t)r * outputs + at,                                                                                   \
                    (vector)_mm512_cvtepi32_ps(total[r][p]) * (scale[r] * scales) + (least[r] * sums + biases));                         \
        }                                                                                                                                \
    }
ROWS_OF(6)
ROWS_OF(5)
ROWS_OF(4)
ROWS_OF(3)
ROWS_OF(2)
ROWS_OF(1)

static void apply(const tensor_layer *layer, const void *quanta, const float *scale, const float *least, int32_t rows, float *out) {
    const int32_t inputs = layer->inputs, outputs = layer->outputs;
    // The weights of four panels stay in the first or second cache while all rows go by.
    for (int32_t n = 0; n < outputs; n += 4 * panel_outputs) {
        for (int32_t i = 0; i < rows;) {
            const uint8_t *from = (const uint8_t *)quanta + (int64_t)i * inputs;
            float *to = out + (int64_t)i * outputs;
            int32_t left = rows - i;
            // Seven rows left are four and three rather than six and one.
            int32_t step = left >= 12 || left == 6 ? 6 : left > 6 ? (left + 1) / 2 : left;
            switch (step) {
            case 6: rows_6(layer, from, scale + i, least + i, n, to); break;
            case 5: rows_5(layer, from, scale + i, least + i, n, to); break;
            case 4: rows_4(layer, from, scale + i, least + i, n, to); break;
            case 3: rows_3(layer, from, scale + i, least + i, n, to); break;
            case 2: rows_2(layer, from, scale + i, least + i, n, to); break;
            default: rows_1(layer, from, scale + i, least + i, n, to); break;
            }
            i += step;
        }
    }
}

#pragma clang attribute pop

const tensor_kernels tensor_kernels_avx512_vnni = {quantise, apply, add_norm, attention, mean_unit};
#endif
