// flags: -O3 -fno-math-errno -fno-trapping-math -Wno-psabi
// 16 lanes with AVX-512 (F, BW, DQ, VL). Only called after the processor was asked for them (cpu.cc).
#include "kernels.h"

#if defined(__x86_64__)
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,fma,prefer-vector-width=512")
#define LANES 16
#define TABLE_NAME "avx512"

namespace graft {
namespace avx512 {
#include "simd.h"
#include "arith_rows.h"
#include "arith_product.h"
#include "arith_attention.h"
#include "arith_update.h"
#include "arith_matmul.h"
#include "arith_table.h"
}  // namespace avx512
const Table* avx512_table() { return &avx512::table; }
}  // namespace graft
#else
const graft::Table* graft::avx512_table() { return nullptr; }
#endif
