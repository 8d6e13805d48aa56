// flags: -O2
#include "cpu.h"

#include <atomic>

namespace graft {
namespace {

const Table* at_level(int level) {
  switch (level) {
    case 0: return generic_table();
    case 1: return avx2_table();
    case 2: return avx512_table();
    case 3: return avx512bf16_table();
    default: return nullptr;
  }
}

/// A bit of CPUID leaf 7: of eax (subleaf 1) or edx (subleaf 0).
bool feature(unsigned subleaf, bool of_edx, int bit) {
#if defined(__x86_64__)
  unsigned a = 7, b, c = subleaf, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return ((of_edx ? d : a) >> bit & 1) != 0;
#else
  (void)subleaf, (void)of_edx, (void)bit;
  return false;
#endif
}

int detect() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("fma"))
    return feature(1, false, 5) ? 3 : 2;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 1;
#endif
  return 0;
}

std::atomic<int>& level() {
  static std::atomic<int> chosen{best_level()};
  return chosen;
}

}  // namespace

int best_level() {
  static const int best = detect();
  return best;
}

int current_level() { return level().load(); }

bool select_level(int wanted) {
  if (wanted < 0 || wanted > best_level()) return false;
  level().store(wanted);
  return true;
}

bool has_bfloat16() {
  const bool amx = best_level() >= 2 && feature(0, true, 22);
  return best_level() == 3 || amx;
}

const Table& kernels() { return *at_level(current_level()); }

}  // namespace graft
