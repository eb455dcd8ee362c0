// Dispatch, and what is done once, at load.
#include "ctensor.h"

#include <math.h>

#include "kernels.h"

tensor_level tensor_best_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni"))
            return tensor_avx512_vnni;
        return __builtin_cpu_supports("avxvnni") ? tensor_avx_vnni : tensor_avx2;
    }
#endif
    return tensor_portable;
}

static const tensor_kernels *kernels(tensor_level level) {
    switch (level) {
#if defined(__x86_64__)
    case tensor_avx512_vnni: return &tensor_kernels_avx512_vnni;
    case tensor_avx_vnni: return &tensor_kernels_avx_vnni;
    case tensor_avx2: return &tensor_kernels_avx2;
#endif
    default: return &tensor_kernels_portable;
    }
}

int tensor_pack_rows(const float *numbers, int32_t rows, int32_t columns, int8_t *packed, float *steps) {
    for (int32_t row = 0; row < rows; row++, numbers += columns, packed += columns) {
        float largest = 0, check = 0;
        for (int32_t i = 0; i < columns; i++) {
            largest = fmaxf(largest, fabsf(numbers[i]));
            check += numbers[i] * 0;
        }
        if (check != 0) return 0;
        steps[row] = largest > 0 ? largest / 127 : 1;
        float inverse = 1 / steps[row];
        for (int32_t i = 0; i < columns; i++) packed[i] = (int8_t)lrintf(numbers[i] * inverse);
    }
    return 1;
}

int tensor_pack(
    tensor_level level, const float *weights, const float *shift, int32_t inputs, int32_t outputs, int wide, int8_t *packed, float *scales, float *sums,
    float *biases) {
    const int32_t group = tensor_is_wide(level, wide) ? 2 : 4;
    for (int32_t n = 0; n < outputs; n++) {
        const float *row = weights + (int64_t)n * inputs;
        float largest = 0, pair = 0, check = biases[n] * 0, shifted = 0;
        for (int32_t k = 0; k < inputs; k += 2) {
            float a = row[k], b = row[k + 1];
            largest = fmaxf(largest, fmaxf(fabsf(a), fabsf(b)));
            // AVX2 adds two products of bytes in 16 bits: 255 times the sum of two weights of one sign has to fit.
            pair = fmaxf(pair, fmaxf(fmaxf(a, 0) + fmaxf(b, 0), fmaxf(-a, 0) + fmaxf(-b, 0)));
            check += a * 0 + b * 0;
            if (shift) shifted += a * shift[k] + b * shift[k + 1];
        }
        // Nothing times zero is zero, but for what is not finite.
        if (check != 0) return 0;
        if (level == tensor_avx2 && group == 4) largest = fmaxf(largest, pair);
        float scale = largest > 0 ? largest / 127 : 1, inverse = 1 / scale;
        int8_t *panel = packed + (int64_t)(n / panel_outputs) * panel_outputs * inputs + n % panel_outputs * group;
        int32_t sum = 0;
        for (int32_t k = 0; k < inputs; k++) {
            int32_t q = (int32_t)lrintf(row[k] * inverse);
            sum += q;
            panel[(int64_t)(k / group) * panel_outputs * group + k % group] = (int8_t)q;
        }
        scales[n] = scale;
        sums[n] = scale * (float)sum;
        biases[n] += shifted;
    }
    return 1;
}

int tensor_is_wide(tensor_level level, int wide) { return wide && level == tensor_avx2; }

void tensor_quantise(
    tensor_level level, float *x, const float *shift, int32_t rows, int32_t columns, int gelu, int wide, void *q, float *scale, float *least) {
    kernels(level)->quantise(x, shift, rows, columns, gelu, wide, q, scale, least);
}

void tensor_apply(tensor_level level, const tensor_layer *layer, const void *q, const float *scale, const float *least, int32_t rows, float *out) {
    kernels(level)->apply(layer, q, scale, least, rows, out);
}

void tensor_add_norm(
    tensor_level level, float *x, const float *residual, const float *gain, const float *bias, float epsilon, int32_t rows, int32_t columns) {
    kernels(level)->add_norm(x, residual, gain, bias, epsilon, rows, columns);
}

static int32_t padded(int32_t tokens) { return (tokens + 31) / 32 * 32; }

int32_t tensor_attention_scratch(int32_t tokens, int32_t head_size) { return padded(tokens) * (head_size + tokens); }

void tensor_attention(tensor_level level, const float *qkv, int32_t tokens, int32_t heads, int32_t head_size, float *scratch, float *out) {
    kernels(level)->attention(qkv, tokens, padded(tokens), heads, head_size, scratch, out);
}

void tensor_mean_unit(tensor_level level, const float *x, int32_t rows, int32_t columns, float *out) {
    kernels(level)->mean_unit(x, rows, columns, out);
}
