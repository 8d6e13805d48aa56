// Vectors of LANES floats on the compiler's vector extension: the same text compiles to SSE, AVX2,
// AVX-512 or NEON, depending on the target that the including file has set. No include guard: each
// arith_*.cc includes it once, inside its own namespace.

using F = float __attribute__((vector_size(4 * LANES)));
using I = int32_t __attribute__((vector_size(4 * LANES)));
using U = uint32_t __attribute__((vector_size(4 * LANES)));
using H = uint16_t __attribute__((vector_size(2 * LANES)));
struct bf16 {
  uint16_t bits;
};

#define INLINE static inline __attribute__((always_inline))

/// x - 0 is x, also for -0: the compiler reads it from memory into all lanes and computes nothing.
INLINE F splat(float x) { return x - F{}; }
INLINE U splat_u(uint32_t x) { return U{} + x; }
INLINE F as_f(U x) { return (F)x; }
INLINE U as_u(F x) { return (U)x; }

INLINE U lane_index() {
  U r;
  for (int i = 0; i < LANES; i++) r[i] = (uint32_t)i;
  return r;
}

INLINE F load(const float* p) {
  F r;
  __builtin_memcpy(&r, p, sizeof r);
  return r;
}
INLINE F load(const bf16* p) {
  H h;
  __builtin_memcpy(&h, p, sizeof h);
  return as_f(__builtin_convertvector(h, U) << 16);
}
INLINE void store(float* p, F x) { __builtin_memcpy(p, &x, sizeof x); }

/// Round to nearest, ties to even; a NaN stays a NaN.
INLINE H to_bf16(F x) {
#ifdef NATIVE_BF16
  return (H)_mm512_cvtneps_pbh((__m512)x);
#else
  const U u = as_u(x);
  const U rounded = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
  const U nan = (u >> 16) | 0x40u;
  return __builtin_convertvector((u & 0x7fffffffu) > 0x7f800000u ? nan : rounded, H);
#endif
}
INLINE void store(bf16* p, F x) {
  const H h = to_bf16(x);
  __builtin_memcpy(p, &h, sizeof h);
}

template <class T>
INLINE F load_some(const T* p, int64_t n) {
  T buffer[LANES] = {};
  for (int64_t i = 0; i < n; i++) buffer[i] = p[i];
  return load(buffer);
}
template <class T>
INLINE void store_some(T* p, F x, int64_t n) {
  T buffer[LANES];
  store(buffer, x);
  for (int64_t i = 0; i < n; i++) p[i] = buffer[i];
}
template <class T>
INLINE F load_upto(const T* p, int64_t n) {
  return n >= LANES ? load(p) : load_some(p, n);
}
template <class T>
INLINE void store_upto(T* p, F x, int64_t n) {
  if (n >= LANES)
    store(p, x);
  else
    store_some(p, x, n);
}
/// x in the first n lanes, zero in the others.
INLINE F keep_some(F x, int64_t n) {
  return lane_index() < splat_u((uint32_t)(n < LANES ? n : LANES)) ? x : F{};
}

INLINE F max(F a, F b) { return a > b ? a : b; }
INLINE F min(F a, F b) { return a < b ? a : b; }

/// Lane l from lane l ^ N.
template <int N>
INLINE F swap_lanes(F x) {
  return __builtin_shuffle(x, (I)(lane_index() ^ (uint32_t)N));
}
template <int N = LANES / 2>
INLINE float sum(F x) {
  x += swap_lanes<N>(x);
  if constexpr (N > 1) return sum<N / 2>(x);
  return x[0];
}
template <int N = LANES / 2>
INLINE float max_lane(F x) {
  x = max(x, swap_lanes<N>(x));
  if constexpr (N > 1) return max_lane<N / 2>(x);
  return x[0];
}

/// Rows to columns, in log2(LANES) rounds that swap blocks of N elements across the diagonal.
template <int N = 1>
INLINE void transpose_square(U (&x)[LANES]) {
  const U lane = lane_index(), odd = (lane & N) != 0;
  const I first = (I)(odd ? lane + (LANES - N) : lane);
  const I second = (I)(odd ? lane + LANES : lane + N);
#pragma GCC unroll 16
  for (int i = 0; i < LANES; i++) {
    if (i & N) continue;
    const U a = x[i], b = x[i + N];
    x[i] = __builtin_shuffle(a, b, first);
    x[i + N] = __builtin_shuffle(a, b, second);
  }
  if constexpr (2 * N < LANES) transpose_square<2 * N>(x);
}

INLINE F root(F x) {
  F r;
  for (int i = 0; i < LANES; i++) r[i] = __builtin_sqrtf(x[i]);
  return r;
}

/// e^x to 2 ulp: x = n ln 2 + r with |r| <= ln(2) / 2, then the Taylor-like minimax polynomial of
/// degree 6 for e^r (coefficients of Cephes' expf). Saturates at the ends of float's range.
INLINE F exp(F x) {
  x = min(max(x, splat(-87.33f)), splat(88.37f));
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const F shifted = x * 1.44269504088896341f + magic;
  const F n = shifted - magic;
  F r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  F p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const F mantissa = p * (r * r) + r + 1.0f;
  return as_f(as_u(mantissa) + ((as_u(shifted) - 0x4b400000u) << 23));
}

/// Phi(x) = (1 + erf(x / sqrt 2)) / 2 with erf of Abramowitz & Stegun 7.1.26 (|error| < 1.5e-7),
/// and `bell` = e^(-x^2 / 2), which that formula needs and the density shares.
INLINE F normal_cdf(F x, F* bell) {
  const F magnitude = as_f(as_u(x) & 0x7fffffffu) * 0.70710678118654752f;
  const F t = 1.0f / (1.0f + 0.3275911f * magnitude);
  F p = splat(1.061405429f);
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  *bell = exp(-(magnitude * magnitude));
  const F tail = 0.5f * (p * t) * *bell;
  return x >= 0.0f ? 1.0f - tail : tail;
}

/// Counter-based randomness. A row's key is SplitMix64 (Steele, Lea & Flood 2014) of (key, row);
/// a column's 32 bits are a two-round multiply-xorshift mix of (row key, column).
INLINE uint64_t mix64(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}
struct RowKey {
  uint32_t a, b;
};
INLINE RowKey row_key(uint64_t key, uint64_t row) {
  const uint64_t z = mix64(key + (row + 1) * 0x9e3779b97f4a7c15ull);
  return {(uint32_t)z, (uint32_t)(z >> 32)};
}
INLINE U random_bits(RowKey key, uint32_t col) {
  U x = (lane_index() + col) * 0x9e3779b9u + key.a;
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x += key.b;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}
/// The factor of LANES columns from `col` on: 0 where dropped, 1 / (1 - rate) where kept.
INLINE F drop_factor(const Drop& drop, RowKey key, int64_t col) {
  return random_bits(key, (uint32_t)col) >= splat_u(drop.threshold) ? splat(drop.scale) : F{};
}
