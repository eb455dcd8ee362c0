// What is done for every row of every search.
#include "block.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static float estimate(const vectors_query *query, const void *block, int32_t row, uint32_t sum) {
    return (query->table_step * (float)sum + query->table_least) * factors_of(block)[row] + query->reach * errors_of(block)[row];
}

static void estimate_portable(
    const void *block, const vectors_query *query, const uint64_t *mask, uint32_t base, float *most, vectors_best *best) {
    for (int32_t row = 0; row < vectors_block; row++) {
        most[row] = -INFINITY;
        if (!(mask[row / group_rows] >> row % group_rows & 1)) continue;
        const uint8_t *codes = codes_of(block, query->dimensions, row / group_rows) + row % 32;
        const int shift = row % group_rows / 32 * 4;
        uint32_t sum = 0;
        for (int32_t i = 0; i < query->dimensions * 8; i += 32) sum += query->table[i + (codes[i] >> shift & 15)];
        most[row] = estimate(query, block, row, sum);
        if (most[row] > bar(best)) put(best, most[row], base + (uint32_t)row);
    }
}

static int32_t product_portable(const int8_t *a, const int16_t *b, int32_t count) {
    int32_t sum = 0;
    for (int32_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

// Sixteen sums, so that none waits for the one before; added up as `dot_avx2` does, so that both find the same.
static float dot_portable(const void *block, const vectors_query *query, int32_t row) {
    const int8_t *high = high_of(block, query->dimensions, row);
    const uint8_t *low = low_of(block, query->dimensions, row);
    float sums[16] = {0};
    for (int32_t i = 0; i < query->dimensions; i += 16)
        for (int32_t j = 0; j < 16; j += 2) {
            const int32_t pair = low[(i + j) / 2];
            sums[j] += query->numbers[i + j] * (float)(high[i + j] * 16 + (pair & 15) - 8);
            sums[j + 1] += query->numbers[i + j + 1] * (float)(high[i + j + 1] * 16 + (pair >> 4) - 8);
        }
    for (int32_t half = 8; half > 0; half /= 2)
        for (int32_t j = 0; j < half; j++) sums[j] += sums[j + half];
    return sums[0] * steps_of(block)[row];
}

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

static void estimate_avx2(const void *block, const vectors_query *query, const uint64_t *mask, uint32_t base, float *most, vectors_best *best) {
    const __m256i half = _mm256_set1_epi8(15), byte = _mm256_set1_epi16(255);
    const __m256 step = _mm256_set1_ps(query->table_step), least = _mm256_set1_ps(query->table_least), reach = _mm256_set1_ps(query->reach);
    const int32_t width = query->dimensions * 8;
    for (int32_t group = 0; group < groups; group++) {
        float *to = most + group * group_rows;
        if (!mask[group]) {
            for (int32_t i = 0; i < group_rows; i++) to[i] = -INFINITY;
            continue;
        }
        const uint8_t *codes = codes_of(block, query->dimensions, group);
        // Sums of the rows with even and odd numbers, of the first and second half of the group.
        __m256i even0 = _mm256_setzero_si256(), odd0 = even0, even1 = even0, odd1 = even0;
        for (int32_t i = 0; i < width; i += 256) {
            // Eight times at most 31 fit in a byte.
            __m256i sum0 = _mm256_setzero_si256(), sum1 = sum0;
            _Pragma("clang loop unroll(full)") for (int32_t j = i; j < i + 256; j += 32) {
                __m256i code = _mm256_loadu_si256((const __m256i *)(codes + j));
                __m256i table = _mm256_loadu_si256((const __m256i *)(query->table + j));
                sum0 = _mm256_add_epi8(sum0, _mm256_shuffle_epi8(table, _mm256_and_si256(code, half)));
                sum1 = _mm256_add_epi8(sum1, _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(code, 4), half)));
            }
            even0 = _mm256_add_epi16(even0, _mm256_and_si256(sum0, byte));
            odd0 = _mm256_add_epi16(odd0, _mm256_srli_epi16(sum0, 8));
            even1 = _mm256_add_epi16(even1, _mm256_and_si256(sum1, byte));
            odd1 = _mm256_add_epi16(odd1, _mm256_srli_epi16(sum1, 8));
        }
        uint16_t sums[group_rows] __attribute__((aligned(32)));
        const __m256i pairs[2][2] = {{even0, odd0}, {even1, odd1}};
        for (int h = 0; h < 2; h++) {
            __m256i a = _mm256_unpacklo_epi16(pairs[h][0], pairs[h][1]), b = _mm256_unpackhi_epi16(pairs[h][0], pairs[h][1]);
            _mm256_store_si256((__m256i *)(sums + 32 * h), _mm256_permute2x128_si256(a, b, 0x20));
            _mm256_store_si256((__m256i *)(sums + 32 * h + 16), _mm256_permute2x128_si256(a, b, 0x31));
        }
        const float *factors = factors_of(block) + group * group_rows, *errors = errors_of(block) + group * group_rows;
        for (int32_t i = 0; i < group_rows; i += 8) {
            __m256 sum = _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_load_si128((const __m128i *)(sums + i))));
            __m256 at_most = _mm256_fmadd_ps(
                _mm256_fmadd_ps(step, sum, least), _mm256_loadu_ps(factors + i), _mm256_mul_ps(reach, _mm256_loadu_ps(errors + i)));
            _mm256_storeu_ps(to + i, at_most);
            uint32_t valid = (uint32_t)(mask[group] >> i) & 255;
            if (valid != 255)
                for (int32_t j = 0; j < 8; j++)
                    if (!(valid >> j & 1)) to[i + j] = -INFINITY;
            uint32_t better = valid & (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(at_most, _mm256_set1_ps(bar(best)), _CMP_GT_OQ));
            for (; better; better &= better - 1) {
                int32_t row = i + __builtin_ctz(better);
                put(best, to[row], base + (uint32_t)(group * group_rows + row));
            }
        }
    }
}

static int32_t product_avx2(const int8_t *a, const int16_t *b, int32_t count) {
    __m256i sum0 = _mm256_setzero_si256(), sum1 = sum0;
    for (int32_t i = 0; i < count; i += 32) {
        __m256i a0 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(a + i)));
        __m256i a1 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(a + i + 16)));
        sum0 = _mm256_add_epi32(sum0, _mm256_madd_epi16(a0, _mm256_loadu_si256((const __m256i *)(b + i))));
        sum1 = _mm256_add_epi32(sum1, _mm256_madd_epi16(a1, _mm256_loadu_si256((const __m256i *)(b + i + 16))));
    }
    sum0 = _mm256_add_epi32(sum0, sum1);
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(sum0), _mm256_extracti128_si256(sum0, 1));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1)));
}

// Sixteen dimensions at a time: 8 bits are made 12 by the halves of bytes that belong to them.
static float dot_avx2(const void *block, const vectors_query *query, int32_t row) {
    const int8_t *high = high_of(block, query->dimensions, row);
    const uint8_t *low = low_of(block, query->dimensions, row);
    const __m128i half = _mm_set1_epi8(15);
    const __m256i eight = _mm256_set1_epi16(8);
    __m256 sum0 = _mm256_setzero_ps(), sum1 = sum0;
    for (int32_t i = 0; i < query->dimensions; i += 16) {
        __m128i pairs = _mm_loadl_epi64((const __m128i *)(low + i / 2));
        __m128i halves = _mm_unpacklo_epi8(_mm_and_si128(pairs, half), _mm_and_si128(_mm_srli_epi16(pairs, 4), half));
        __m256i whole = _mm256_slli_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(high + i))), 4);
        whole = _mm256_sub_epi16(_mm256_add_epi16(whole, _mm256_cvtepu8_epi16(halves)), eight);
        __m256 first = _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm256_castsi256_si128(whole)));
        __m256 second = _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm256_extracti128_si256(whole, 1)));
        sum0 = _mm256_add_ps(sum0, _mm256_mul_ps(first, _mm256_loadu_ps(query->numbers + i)));
        sum1 = _mm256_add_ps(sum1, _mm256_mul_ps(second, _mm256_loadu_ps(query->numbers + i + 8)));
    }
    sum0 = _mm256_add_ps(sum0, sum1);
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(sum0), _mm256_extractf128_ps(sum0, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_add_ss(sum, _mm_shuffle_ps(sum, sum, 1))) * steps_of(block)[row];
}

// Rows above the bar: bits of 32 rows.
static uint32_t above_avx2(const float *most, float bar) {
    uint32_t bits = 0;
    for (int i = 0; i < 4; i++)
        bits |= (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(most + 8 * i), _mm256_set1_ps(bar), _CMP_GT_OQ)) << 8 * i;
    return bits;
}

#pragma clang attribute pop
#endif

static uint32_t above_portable(const float *most, float bar) {
    uint32_t bits = 0;
    for (int i = 0; i < 32; i++) bits |= (uint32_t)(most[i] > bar) << i;
    return bits;
}

void vectors_estimate(
    tensor_level level, const void *block, const vectors_query *query, const uint64_t *mask, uint32_t base, float *most, vectors_best *best) {
#if defined(__x86_64__)
    if (level >= tensor_avx2) {
        estimate_avx2(block, query, mask, base, most, best);
        return;
    }
#endif
    (void)level;
    estimate_portable(block, query, mask, base, most, best);
}

void vectors_score(tensor_level level, const void *block, const vectors_query *query, int32_t row, uint32_t base, vectors_best *best) {
    const int8_t *high = high_of(block, query->dimensions, row);
    int32_t sum;
#if defined(__x86_64__)
    if (level >= tensor_avx2)
        sum = product_avx2(high, query->whole, query->dimensions);
    else
#endif
        sum = product_portable(high, query->whole, query->dimensions);
    (void)level;
    put(best, (float)sum * query->whole_step * 16 * steps_of(block)[row], base + (uint32_t)row);
}

int32_t vectors_score_all(tensor_level level, const void *block, const vectors_query *query, const float *most, uint32_t base, vectors_best *best) {
    int32_t scored = 0;
    for (int32_t i = 0; i < vectors_block; i += 32) {
        uint32_t bits;
#if defined(__x86_64__)
        if (level >= tensor_avx2)
            bits = above_avx2(most + i, bar(best));
        else
#endif
            bits = above_portable(most + i, bar(best));
        // The next rows are on their way while one is computed.
        for (uint32_t ahead = bits; ahead; ahead &= ahead - 1) {
            const int8_t *high = high_of(block, query->dimensions, i + __builtin_ctz(ahead));
            for (int32_t j = 0; j < query->dimensions; j += 64) __builtin_prefetch(high + j);
        }
        for (; bits; bits &= bits - 1, scored++) vectors_score(level, block, query, i + __builtin_ctz(bits), base, best);
    }
    return scored;
}

float vectors_dot(tensor_level level, const void *block, const vectors_query *query, int32_t row) {
#if defined(__x86_64__)
    if (level >= tensor_avx2) return dot_avx2(block, query, row);
#endif
    (void)level;
    return dot_portable(block, query, row);
}

void vectors_fetch(const void *block, int32_t dimensions, int32_t row) {
    const int8_t *high = high_of(block, dimensions, row);
    const uint8_t *low = low_of(block, dimensions, row);
    for (int32_t i = 0; i < dimensions; i += 64) __builtin_prefetch(high + i);
    for (int32_t i = 0; i < dimensions / 2; i += 64) __builtin_prefetch(low + i);
    __builtin_prefetch(steps_of(block) + row);
}
