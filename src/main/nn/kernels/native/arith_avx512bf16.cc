// flags: -O3 -fno-math-errno -fno-trapping-math -Wno-psabi
// 16 lanes with AVX-512 (F, BW, DQ, VL) and its BF16 conversions. Only called after the processor was asked for them (cpu.cc).
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma,prefer-vector-width=512")
#define LANES 16
#define NATIVE_BF16
#define TABLE_NAME "avx512bf16"

namespace graft {
namespace avx512bf16 {
#include "simd.h"
#include "arith_rows.h"
#include "arith_product.h"
#include "arith_attention.h"
#include "arith_update.h"
#include "arith_matmul.h"
#include "arith_table.h"
}  // namespace avx512bf16
const Table* avx512bf16_table() { return &avx512bf16::table; }
}  // namespace graft
#else
const graft::Table* graft::avx512bf16_table() { return nullptr; }
#endif
