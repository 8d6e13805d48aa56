// flags: -O3 -fno-math-errno -fno-trapping-math -Wno-psabi
// 8 lanes with AVX2 and FMA. Only called after the processor was asked for them (cpu.cc).
#include "kernels.h"

#if defined(__x86_64__)
#pragma GCC target("avx2,fma")
#define LANES 8
#define TABLE_NAME "avx2"

namespace graft {
namespace avx2 {
#include "simd.h"
#include "arith_rows.h"
#include "arith_product.h"
#include "arith_attention.h"
#include "arith_update.h"
#include "arith_matmul.h"
#include "arith_table.h"
}  // namespace avx2
const Table* avx2_table() { return &avx2::table; }
}  // namespace graft
#else
const graft::Table* graft::avx2_table() { return nullptr; }
#endif
