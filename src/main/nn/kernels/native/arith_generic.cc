// flags: -O3 -fno-math-errno -fno-trapping-math -Wno-psabi
// For every processor: four lanes, which x86-64 (SSE2) and AArch64 (NEON) always have.
#include "kernels.h"

#define LANES 4
#define TABLE_NAME "generic"

namespace graft {
namespace generic {
#include "simd.h"
#include "arith_rows.h"
#include "arith_product.h"
#include "arith_attention.h"
#include "arith_update.h"
#include "arith_matmul.h"
#include "arith_table.h"
}  // namespace generic
const Table* generic_table() { return &generic::table; }
}  // namespace graft
