// One table of kernels for each level.
#ifndef NEPHORAN_CTENSOR_KERNELS_H
#define NEPHORAN_CTENSOR_KERNELS_H

#include "ctensor.h"

/// Outputs whose weights lie together: for every four inputs (two in a wide layer), as many bytes of each.
enum { panel_outputs = 16 };

typedef struct {
    void (*quantise)(
        float *x, const float *shift, int32_t rows, int32_t columns, int gelu, int wide, void *q, float *scale, float *least);
    void (*apply)(const tensor_layer *layer, const void *q, const float *scale, const float *least, int32_t rows, float *out);
    void (*add_norm)(float *x, const float *residual, const float *gain, const float *bias, float epsilon, int32_t rows, int32_t columns);
    void (*attention)(const float *qkv, int32_t tokens, int32_t stride, int32_t heads, int32_t head_size, float *scratch, float *out);
    void (*mean_unit)(const float *x, int32_t rows, int32_t columns, float *out);
} tensor_kernels;

extern const tensor_kernels tensor_kernels_portable;
#if defined(__x86_64__)
extern const tensor_kernels tensor_kernels_avx2, tensor_kernels_avx_vnni, tensor_kernels_avx512_vnni;
#endif

#endif
