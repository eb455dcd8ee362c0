// For processors without any of the instructions below, and the one that the others are checked against.
#include "kernels.h"

#define WIDTH 4
#include "floats.inc"

QUANTISE(quantise_narrow, uint8_t, 255)

static void quantise(float *x, const float *shift, int32_t rows, int32_t columns, int gelu, int wide, void *q, float *scale, float *least) {
    (void)wide;
    quantise_narrow(x, shift, rows, columns, gelu, q, scale, least);
}

static void apply(const tensor_layer *layer, const void *quanta, const float *scale, const float *least, int32_t rows, float *out) {
    const uint8_t *q = quanta;
    for (int32_t row = 0; row < rows; row++, q += layer->inputs, out += layer->outputs) {
        for (int32_t n = 0; n < layer->outputs; n += panel_outputs) {
            const int8_t *w = layer->weights + (int64_t)n * layer->inputs;
            int32_t total[panel_outputs] = {0};
            for (int32_t k = 0; k < layer->inputs; k += 4, w += panel_outputs * 4)
                for (int32_t i = 0; i < panel_outputs; i++)
                    total[i] += q[k] * w[4 * i] + q[k + 1] * w[4 * i + 1] + q[k + 2] * w[4 * i + 2] + q[k + 3] * w[4 * i + 3];
            for (int32_t i = 0; i < panel_outputs; i++)
                out[n + i] = (float)total[i] * (scale[row] * layer->scales[n + i]) + (least[row] * layer->sums[n + i] + layer->biases[n + i]);
        }
    }
}

const tensor_kernels tensor_kernels_portable = {quantise, apply, add_norm, attention, mean_unit};
