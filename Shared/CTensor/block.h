// Where things are in a block: ids, what the numbers are worth, the factor of an estimate, its error; then in groups of 64 rows the signs, four
// dimensions at a time; then the rows in 8 bits, and the rows' 4 bits more.
#ifndef NEPHORAN_CTENSOR_BLOCK_H
#define NEPHORAN_CTENSOR_BLOCK_H

#include <math.h>
#include <string.h>

#include "vectors.h"

enum { group_rows = 64, groups = vectors_block / group_rows };

static inline int64_t *ids_of(const void *block) { return (int64_t *)block; }
static inline float *steps_of(const void *block) { return (float *)((char *)block + vectors_block * 8); }
static inline float *factors_of(const void *block) { return steps_of(block) + vectors_block; }
static inline float *errors_of(const void *block) { return factors_of(block) + vectors_block; }
// Of the four dimensions 4m … 4m + 3, 32 bytes: row r of a group has the low half of byte r, row r + 32 the high one.
static inline uint8_t *codes_of(const void *block, int32_t dimensions, int32_t group) {
    return (uint8_t *)(errors_of(block) + vectors_block) + (int64_t)group * dimensions * 8;
}
static inline int8_t *high_of(const void *block, int32_t dimensions, int32_t row) {
    return (int8_t *)codes_of(block, dimensions, groups) + (int64_t)row * dimensions;
}
// Dimensions 2i and 2i + 1 have the halves of byte i, eight added.
static inline uint8_t *low_of(const void *block, int32_t dimensions, int32_t row) {
    return (uint8_t *)high_of(block, dimensions, vectors_block) + (int64_t)row * dimensions / 2;
}

static inline void put(vectors_best *best, float score, uint32_t row) {
    vectors_hit *hits = best->hits;
    int32_t at;
    if (best->count < best->limit) {
        at = best->count++;
        while (at > 0 && hits[(at - 1) / 2].score > score) {
            hits[at] = hits[(at - 1) / 2];
            at = (at - 1) / 2;
        }
    } else {
        if (best->limit == 0 || score <= hits[0].score) return;
        for (at = 0;;) {
            int32_t child = 2 * at + 1;
            if (child >= best->count) break;
            if (child + 1 < best->count && hits[child + 1].score < hits[child].score) child++;
            if (hits[child].score >= score) break;
            hits[at] = hits[child];
            at = child;
        }
    }
    hits[at] = (vectors_hit){score, row};
}

// What a score has to be above.
static inline float bar(const vectors_best *best) { return best->count < best->limit || best->limit == 0 ? -INFINITY : best->hits[0].score; }

#endif
