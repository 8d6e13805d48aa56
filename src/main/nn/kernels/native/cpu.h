// Which table of kernels the processor can run, and which one is in use.
#pragma once
#include "kernels.h"

namespace graft {

/// 0 generic, 1 AVX2, 2 AVX-512, 3 AVX-512 with BF16.
int best_level();
int current_level();
/// Switches to a level that this processor has (tests compare levels); false where it lacks it.
bool select_level(int level);
/// Whether the processor multiplies bfloat16 itself (AVX512-BF16 or AMX-BF16).
bool has_bfloat16();
const Table& kernels();

}  // namespace graft
