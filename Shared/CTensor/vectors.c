// What is done once for a vector or a query.
#include "block.h"

#include <stdlib.h>

int64_t vectors_block_bytes(int32_t dimensions) { return (int64_t)vectors_block * (20 + dimensions / 8 + dimensions + dimensions / 2); }

// The Walsh–Hadamard transform, scaled so that lengths stay.
static void transform(float *x, int32_t count) {
    for (int32_t half = 1; half < count; half *= 2)
        for (int32_t i = 0; i < count; i += 2 * half)
            for (int32_t j = i; j < i + half; j++) {
                float a = x[j], b = x[j + half];
                x[j] = a + b;
                x[j + half] = a - b;
            }
    float scale = 1 / sqrtf((float)count);
    for (int32_t i = 0; i < count; i++) x[i] *= scale;
}

void vectors_turn(float *vector, int32_t dimensions, const uint32_t *signs) {
    int32_t power = 1;
    while (power * 2 <= dimensions) power *= 2;
    for (int round = 0; round < 3; round++, signs += dimensions) {
        for (int32_t i = 0; i < dimensions; i++)
            if (signs[i] & 1) vector[i] = -vector[i];
        transform(vector, power);
        // With another power of two at the other end all dimensions mix.
        if (power < dimensions) transform(vector + dimensions - power, power);
    }
}

void vectors_write(void *block, int32_t dimensions, int32_t row, int64_t id, const float *turned) {
    ids_of(block)[row] = id;
    float largest = 0, sum = 0, squares = 0;
    uint8_t *codes = codes_of(block, dimensions, row / group_rows) + row % 32;
    const int shift = row % group_rows / 32 * 4;
    for (int32_t i = 0; i < dimensions; i++) {
        float size = fabsf(turned[i]);
        largest = fmaxf(largest, size);
        sum += size;
        squares += size * size;
        if (turned[i] >= 0) codes[i / 4 * 32] |= (uint8_t)(1 << (i % 4 + shift));
    }
    // 127 × 16 + 7 is the most that 12 bits say.
    const float step = largest > 0 ? largest / 2032 : 1;
    steps_of(block)[row] = step;
    factors_of(block)[row] = sum > 0 ? squares / sum : 0;
    // The signs' vector and this one have the cosine c; what of the signs is not along this one is to a query as good as random.
    float cosine = sum > 0 ? sum / sqrtf((float)dimensions * squares) : 1;
    errors_of(block)[row] = sqrtf(fmaxf(0, 1 - cosine * cosine) / (float)(dimensions - 1) * squares) / cosine;
    int8_t *high = high_of(block, dimensions, row);
    uint8_t *low = low_of(block, dimensions, row);
    for (int32_t i = 0; i < dimensions; i++) {
        int32_t whole = (int32_t)lrintf(turned[i] / step);
        int32_t part = (whole + 8) >> 4;
        high[i] = (int8_t)part;
        low[i / 2] |= (uint8_t)((whole - part * 16 + 8) << i % 2 * 4);
    }
}

void vectors_copy(void *to, int32_t to_row, const void *from, int32_t from_row, int32_t dimensions) {
    ids_of(to)[to_row] = ids_of(from)[from_row];
    steps_of(to)[to_row] = steps_of(from)[from_row];
    factors_of(to)[to_row] = factors_of(from)[from_row];
    errors_of(to)[to_row] = errors_of(from)[from_row];
    uint8_t *codes = codes_of(to, dimensions, to_row / group_rows) + to_row % 32;
    const uint8_t *others = codes_of(from, dimensions, from_row / group_rows) + from_row % 32;
    const int shift = to_row % group_rows / 32 * 4, other = from_row % group_rows / 32 * 4;
    for (int32_t i = 0; i < dimensions * 8; i += 32) codes[i] |= (uint8_t)((others[i] >> other & 15) << shift);
    memcpy(high_of(to, dimensions, to_row), high_of(from, dimensions, from_row), (size_t)dimensions);
    memcpy(low_of(to, dimensions, to_row), low_of(from, dimensions, from_row), (size_t)dimensions / 2);
}

void vectors_prepare(vectors_query *query, float confidence) {
    const int32_t dimensions = query->dimensions;
    const float *q = query->numbers;
    float largest = 0, squares = 0, widest = 0;
    query->table_least = 0;
    for (int32_t i = 0; i < dimensions; i += 4) {
        float width = 0;
        for (int32_t j = i; j < i + 4; j++) {
            float size = fabsf(q[j]);
            largest = fmaxf(largest, size);
            squares += size * size;
            width += size;
        }
        query->table_least -= width;
        widest = fmaxf(widest, width);
    }
    // Their products with 8 bits fit in 31 together.
    float most = floorf(fminf(32767, 2147483647.0f / 128 / (float)dimensions));
    query->whole_step = largest > 0 ? largest / most : 1;
    for (int32_t i = 0; i < dimensions; i++) query->whole[i] = (int16_t)lrintf(q[i] / query->whole_step);
    query->table_step = widest > 0 ? 2 * widest / 31 : 1;
    for (int32_t i = 0; i < dimensions / 4; i++)
        for (int32_t signs = 0; signs < 16; signs++) {
            float sum = 0;
            for (int32_t j = 0; j < 4; j++) {
                float number = q[4 * i + j];
                sum += (signs >> j & 1 ? number : -number) + fabsf(number);
            }
            query->table[i * 32 + signs] = query->table[i * 32 + 16 + signs] = (uint8_t)lrintf(sum / query->table_step);
        }
    query->reach = confidence * sqrtf(squares);
}

void vectors_allow(const void *block, int32_t dimensions, const uint64_t *allowed, int64_t words, const uint64_t *mask, uint64_t *out) {
    (void)dimensions;
    const int64_t *ids = ids_of(block);
    for (int32_t group = 0; group < groups; group++) {
        uint64_t bits = 0;
        if (mask[group])
            for (int32_t i = 0; i < group_rows; i++) {
                int64_t id = ids[group * group_rows + i], word = id >> 6;
                if (word < words) bits |= (allowed[word] >> (id & 63) & 1) << i;
            }
        out[group] = bits & mask[group];
    }
}

uint64_t vectors_checksum(const void *bytes, int64_t count) {
    // Four sums side by side; each word is multiplied in, so that order counts.
    const uint64_t odd = 0x9e3779b97f4a7c15;
    uint64_t sums[4] = {1, 2, 3, 4};
    const uint8_t *at = bytes;
    int64_t i = 0;
    for (; i + 32 <= count; i += 32)
        for (int lane = 0; lane < 4; lane++) {
            uint64_t word;
            memcpy(&word, at + i + 8 * lane, 8);
            uint64_t mixed = (sums[lane] ^ word) * odd;
            sums[lane] = mixed ^ mixed >> 32;
        }
    for (; i < count; i++) sums[0] = (sums[0] ^ at[i]) * odd;
    uint64_t total = (uint64_t)count;
    for (int lane = 0; lane < 4; lane++) {
        total = (total ^ sums[lane]) * odd;
        total ^= total >> 29;
    }
    return total;
}
