/// The arithmetic of a sentence transformer, in the instructions that the processor has, chosen at run time.
///
/// Numbers are float; products of matrices are of 8-bit weights, quantised once for each output, and 8-bit activations, quantised for each
/// row when they are multiplied; of 13 bits where that costs nothing. Matrices are row-major. Nothing here allocates; every buffer is the caller's.
#ifndef NEPHORAN_CTENSOR_H
#define NEPHORAN_CTENSOR_H

#include <stdint.h>

/// The instructions that are used. Each level holds for all processors of a higher one.
typedef enum { tensor_portable = 0, tensor_avx2 = 1, tensor_avx_vnni = 2, tensor_avx512_vnni = 3 } tensor_level;

/// The best that processor and operating system offer.
tensor_level tensor_best_level(void);

/// Outputs and inputs of a layer come in multiples of this.
enum { tensor_panel = 64 };

/// y = W x + b with 8-bit weights.
typedef struct {
    int32_t inputs, outputs;
    /// Its inputs have 13 bits where that costs little, instead of 8. Other levels than AVX2 pay no attention.
    int32_t wide;
    /// `outputs` × `inputs`, in the order of ``tensor_pack`` at this level.
    const int8_t *weights;
    /// One for each output: a weight is its 8-bit number times this.
    const float *scales;
    /// One for each output: the sum of its weights.
    const float *sums;
    const float *biases;
} tensor_layer;

/// Bytes of a quantised input, at most.
enum { tensor_quantum = 2 };

/// Whether a layer that is to be wide is so at this level.
int tensor_is_wide(tensor_level level, int wide);

/// Quantises `weights` (`outputs` × `inputs`) to `packed` (as many bytes), `scales` and `sums` (`outputs` each). With a `shift` the layer is given
/// its inputs less the shift, and the `biases` are changed to make up for it. 0 when a number is not finite.
int tensor_pack(
    tensor_level level, const float *weights, const float *shift, int32_t inputs, int32_t outputs, int wide, int8_t *packed, float *scales, float *sums,
    float *biases);

/// Quantises each row on its own, keeping their order: a number is its 8 bits times the row's step. 0 when a number is not finite.
int tensor_pack_rows(const float *numbers, int32_t rows, int32_t columns, int8_t *packed, float *steps);

/// Quantises each row, less the shift if there is one, between its least and its largest number: x = q × scale + least. `gelu` is applied first
/// when asked for, to `x` as well.
void tensor_quantise(
    tensor_level level, float *x, const float *shift, int32_t rows, int32_t columns, int gelu, int wide, void *q, float *scale, float *least);

/// `out` (`rows` × `outputs`) of activations from ``tensor_quantise`` at the same level.
void tensor_apply(tensor_level level, const tensor_layer *layer, const void *q, const float *scale, const float *least, int32_t rows, float *out);

/// x = layer norm of x + residual, with the model's gain and bias; `residual` may be null.
void tensor_add_norm(
    tensor_level level, float *x, const float *residual, const float *gain, const float *bias, float epsilon, int32_t rows, int32_t columns);

/// Floats of scratch that ``tensor_attention`` needs for a text of so many tokens.
int32_t tensor_attention_scratch(int32_t tokens, int32_t head_size);

/// Attention of one text's tokens to each other. `qkv` has a row of queries, keys and values, `heads` × `head_size` each, for each token;
/// `out` a row of `heads` × `head_size`. `head_size` is a multiple of 32.
void tensor_attention(tensor_level level, const float *qkv, int32_t tokens, int32_t heads, int32_t head_size, float *scratch, float *out);

/// The mean of the rows, scaled to length 1.
void tensor_mean_unit(tensor_level level, const float *x, int32_t rows, int32_t columns, float *out);

#endif
