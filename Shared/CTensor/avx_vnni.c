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

INLINE __m256i add_products(__m256i total, __m256i a, __m256i w) { return _mm256_dpbusd_avx_epi32(total, a, w); }
#define FETCH_AHEAD(w) ((void)0)
#include "narrow.inc"

static void apply(const tensor_layer *layer, const void *q, const float *scale, const float *least, int32_t rows, float *out) {
    apply_narrow(layer, q, scale, least, rows, out);
}

#pragma clang attribute pop

const tensor_kernels tensor_kernels_avx_vnni = {quantise, apply, add_norm, attention, mean_unit};
#endif
