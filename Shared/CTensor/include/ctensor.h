#ifndef NEPHORAN_CTENSOR_H
#define NEPHORAN_CTENSOR_H

#include <stdint.h>

/// The instructions that the kernels below use on this processor.
typedef enum { TENSOR_SCALAR = 0, TENSOR_AVX2 = 1, TENSOR_AVX_VNNI = 2, TENSOR_AVX512_VNNI = 3 } tensor_level;

/// The best that processor and operating system offer.
tensor_level tensor_best_level(void);

#endif
