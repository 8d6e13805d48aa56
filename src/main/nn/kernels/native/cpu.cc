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
    default: return nullptr;
  }
}

int detect() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("fma"))
    return 2;
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
#if defined(__x86_64__)
  unsigned a = 7, b, c = 1, d;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  const bool avx512_bf16 = best_level() == 2 && (a >> 5 & 1);
  a = 7, c = 0;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return avx512_bf16 || (best_level() == 2 && (d >> 22 & 1));
#else
  return false;
#endif
}

const Table& kernels() { return *at_level(current_level()); }

}  // namespace graft
