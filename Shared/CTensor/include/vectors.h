/// Scanning many vectors for those nearest to one, by dot product.
///
/// A vector is turned (``vectors_turn``, the same for all, which changes no dot product and leaves none of its numbers much larger than the
/// others) and kept three times: the signs of its numbers, from which any dot product can be estimated with an error that is known
/// (RaBitQ, Gao and Long, SIGMOD 2024), the numbers in 8 bits, and 4 bits more of each. A scan estimates all, computes those that may be among
/// the nearest from 8 bits, and the best of these from 12.
#ifndef NEPHORAN_CTENSOR_VECTORS_H
#define NEPHORAN_CTENSOR_VECTORS_H

#include <stdint.h>

#include "ctensor.h"

enum {
    /// Rows of a block.
    vectors_block = 1024,
    /// Turned vectors have a multiple of so many dimensions, and at most `vectors_most`.
    vectors_step = 32,
    vectors_most = 8192,
};

/// Bytes of a block's rows; a block is as many bytes in memory as in a file, in this machine's byte order.
int64_t vectors_block_bytes(int32_t dimensions);

/// Turns a vector in place. `signs` are three times as many words of 32 bits as there are dimensions, of which the lowest bit counts.
void vectors_turn(float *vector, int32_t dimensions, const uint32_t *signs);

/// Writes a turned vector to a row of zeros.
void vectors_write(void *block, int32_t dimensions, int32_t row, int64_t id, const float *turned);

/// Adds a copy of a row to a row of zeros of another block, which may be the same.
void vectors_copy(void *to, int32_t to_row, const void *from, int32_t from_row, int32_t dimensions);

/// A turned query, made ready.
typedef struct {
    int32_t dimensions;
    const float *numbers;
    /// `dimensions` numbers of 16 bits, and what one is worth.
    int16_t *whole;
    float whole_step;
    /// For every four dimensions, what each pattern of their signs adds, 0…31, twice over: 8 × `dimensions` bytes.
    uint8_t *table;
    float table_step, table_least;
    /// Times a row's error is what it may be off by.
    float reach;
} vectors_query;

/// Fills in what the pointers point to. `confidence`: in standard deviations, how far off an estimate may be and its row still be found.
void vectors_prepare(vectors_query *query, float confidence);

typedef struct {
    float score;
    uint32_t row;
} vectors_hit;

/// The best so far: a heap with the worst on top.
typedef struct {
    int32_t count, limit;
    vectors_hit *hits;
} vectors_best;

/// Writes for each row of a block what its dot product is at most, −∞ for those not in `mask` (a bit for each), and puts the highest of these
/// into `best`. `base` is added to row numbers.
void vectors_estimate(
    tensor_level level, const void *block, const vectors_query *query, const uint64_t *mask, uint32_t base, float *most, vectors_best *best);

/// Puts the dot product of one row, from 8 bits, into `best`.
void vectors_score(tensor_level level, const void *block, const vectors_query *query, int32_t row, uint32_t base, vectors_best *best);

/// The same for every row that may still be among the best; returns how many there were.
int32_t vectors_score_all(tensor_level level, const void *block, const vectors_query *query, const float *most, uint32_t base, vectors_best *best);

/// The dot product of one row, from 12 bits.
float vectors_dot(tensor_level level, const void *block, const vectors_query *query, int32_t row);

/// Has a row on its way from memory, for a ``vectors_dot`` that is to come soon.
void vectors_fetch(const void *block, int32_t dimensions, int32_t row);

/// Bits of the rows whose id is in the bitmap `allowed` of `words` words, of those in `mask`.
void vectors_allow(const void *block, int32_t dimensions, const uint64_t *allowed, int64_t words, const uint64_t *mask, uint64_t *out);

/// A checksum; no protection against intent.
uint64_t vectors_checksum(const void *bytes, int64_t count);

#endif
