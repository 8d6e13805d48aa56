// Attention of one head over one segment: the scores of a block of queries stay in the first-level
// cache, nothing of size [heads, length, length] is written (Dao et al. 2022, without their outer
// blocking: a segment's keys fit into the second-level cache). Included after simd.h.

/// Two bfloat16 side by side, the operand of the processor's pair product.
typedef uint32_t __attribute__((may_alias)) Pair;

INLINE F load_line(const float* p) { return load(p); }
INLINE F multiply_add(F sum, F line, float factor) { return sum + line * factor; }
#ifdef NATIVE_BF16
INLINE U load_line(const Pair* p) {
  U r;
  __builtin_memcpy(&r, p, sizeof r);
  return r;
}
INLINE F multiply_add(F sum, U line, Pair factor) {
  return (F)_mm512_dpbf16_ps((__m512)sum, (__m512bh)line, (__m512bh)splat_u(factor));
}
#endif

/// C[MR, NV * LANES] = A B: A by two strides, B and C by rows of vectors. E is float, or Pair with
/// two steps of the sum in each element.
template <int MR, int NV, class E>
INLINE void tile(const E* a, int64_t row, int64_t col, const E* b, int64_t ldb, float* c,
                 int64_t ldc, int64_t k) {
  F acc[MR][NV];
#pragma GCC unroll 16
  for (int m = 0; m < MR; m++)
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++) acc[m][v] = F{};
  for (int64_t p = 0; p < k; p++) {
    decltype(load_line(b)) line[NV];
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++) line[v] = load_line(b + p * ldb + v * LANES);
#pragma GCC unroll 16
    for (int m = 0; m < MR; m++) {
      const E factor = a[m * row + p * col];
#pragma GCC unroll 4
      for (int v = 0; v < NV; v++) acc[m][v] = multiply_add(acc[m][v], line[v], factor);
    }
  }
#pragma GCC unroll 16
  for (int m = 0; m < MR; m++)
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++) store(c + m * ldc + v * LANES, acc[m][v]);
}

template <int MR, int NV, class E>
INLINE void panel(const E* a, int64_t row, int64_t col, const E* b, int64_t ldb, float* c,
                  int64_t ldc, int64_t m, int64_t k) {
  int64_t i = 0;
  for (; i + MR <= m; i += MR) tile<MR, NV>(a + i * row, row, col, b, ldb, c + i * ldc, ldc, k);
  if (i + 4 <= m) {
    tile<4, NV>(a + i * row, row, col, b, ldb, c + i * ldc, ldc, k);
    i += 4;
  }
  for (; i + 2 <= m; i += 2) tile<2, NV>(a + i * row, row, col, b, ldb, c + i * ldc, ldc, k);
  if (i < m) tile<1, NV>(a + i * row, row, col, b, ldb, c + i * ldc, ldc, k);
}

/// C[m, n] = A[m, k] B[k, n]; A's element (i, p) is at a[i * row + p * col]; n is a multiple of
/// LANES.
template <class E>
static void product(const E* a, int64_t row, int64_t col, const E* b, int64_t ldb, float* c,
                    int64_t ldc, int64_t m, int64_t n, int64_t k) {
  int64_t j = 0;
#if LANES == 16
  for (; j + 64 <= n; j += 64) panel<6, 4>(a, row, col, b + j, ldb, c + j, ldc, m, k);
  for (; j + 32 <= n; j += 32) panel<12, 2>(a, row, col, b + j, ldb, c + j, ldc, m, k);
  for (; j + 16 <= n; j += 16) panel<12, 1>(a, row, col, b + j, ldb, c + j, ldc, m, k);
#else
  for (; j + 2 * LANES <= n; j += 2 * LANES)
    panel<6, 2>(a, row, col, b + j, ldb, c + j, ldc, m, k);
  for (; j + LANES <= n; j += LANES) panel<6, 1>(a, row, col, b + j, ldb, c + j, ldc, m, k);
#endif
}

INLINE int64_t padded(int64_t n) { return (n + LANES - 1) / LANES * LANES; }

/// Rows of one head, times `factor`, as [length, padded(depth)] with zeros behind.
template <class T>
INLINE void gather(const void* from, int64_t stride, int64_t first, int64_t length, int64_t depth,
                   float factor, float* to) {
  const int64_t width = padded(depth);
  for (int64_t i = 0; i < length; i++)
    for (int64_t c = 0; c < depth; c += LANES)
      store(to + i * width + c,
            load_upto((const T*)from + (first + i) * stride + c, depth - c) * factor);
}

/// Asks for the next head's rows while this one is computed: they lie far apart, and one cache miss
/// after the other would cost more than the arithmetic of a short sequence.
template <class T>
INLINE void fetch_next(const AttentionArgs& a) {
  if (!a.more) return;
  for (int64_t i = a.first; i < a.first + a.length; i++)
    for (int64_t c = a.depth; c < 2 * a.depth; c += 64 / (int64_t)sizeof(T)) {
      __builtin_prefetch((const T*)a.q + i * a.stride + c);
      __builtin_prefetch((const T*)a.k + i * a.stride + c);
      __builtin_prefetch((const T*)a.v + i * a.stride + c);
      if (a.dcontext) __builtin_prefetch((const T*)a.dcontext + i * a.context_stride + c);
    }
}

template <class T>
INLINE void scatter(const float* from, int64_t length, int64_t depth, void* to, int64_t stride,
                    int64_t first, float factor) {
  const int64_t width = padded(depth);
  for (int64_t i = 0; i < length; i++)
    for (int64_t c = 0; c < depth; c += LANES)
      store_upto((T*)to + (first + i) * stride + c, load(from + i * width + c) * factor,
                 depth - c);
}

/// [length, padded(depth)] to [depth, padded(length)], zeros behind.
INLINE void transpose(const float* from, int64_t length, int64_t depth, float* to) {
  const int64_t width = padded(depth), height = padded(length);
  for (int64_t i = 0; i < height; i += LANES)
    for (int64_t d = 0; d < depth; d++) {
      F column{};
      for (int l = 0; l < LANES; l++)
        if (i + l < length) column[l] = from[(i + l) * width + d];
      store(to + d * height + i, column);
    }
}

constexpr int64_t QUERY_BLOCK = 24;

/// Floats that a task needs.
INLINE int64_t float_scratch(int64_t length, int64_t depth, bool backward) {
  const int64_t height = padded(length), width = padded(depth);
  if (!backward) return 3 * height * width + QUERY_BLOCK * (height + width);
  return 6 * height * width + 2 * length * height;
}

template <class T>
INLINE void attention_forward_of(const AttentionArgs& a) {
  const int64_t n = a.length, height = padded(n), width = padded(a.depth);
  float* q = a.scratch;
  float* v = q + height * width;
  float* kt = v + height * width;
  float* score = kt + height * width;
  float* block = score + QUERY_BLOCK * height;
  gather<T>(a.k, a.stride, a.first, n, a.depth, 1.0f, q);
  transpose(q, n, a.depth, kt);
  gather<T>(a.q, a.stride, a.first, n, a.depth, a.scale, q);
  gather<T>(a.v, a.stride, a.first, n, a.depth, 1.0f, v);
  fetch_next<T>(a);
  for (int64_t i0 = 0; i0 < n; i0 += QUERY_BLOCK) {
    const int64_t queries = n - i0 < QUERY_BLOCK ? n - i0 : QUERY_BLOCK;
    product(q + i0 * width, width, 1, kt, height, score, height, queries, height, a.depth);
    float inverse[QUERY_BLOCK];
    for (int64_t i = 0; i < queries; i++) {
      float* row = score + i * height;
      const int64_t keys = a.causal ? i0 + i + 1 : n, index = a.first + i0 + i;
      F best = splat(-3.0e38f);
      for (int64_t j = 0; j < keys; j += LANES)
        best = max(best, (lane_index() + (uint32_t)j) < splat_u((uint32_t)keys) ? load(row + j)
                                                                               : splat(-3.0e38f));
      const float top = max_lane(best);
      const RowKey key = row_key(a.drop.key, (uint64_t)(a.head * a.rows + index));
      F total{};
      for (int64_t j = 0; j < height; j += LANES) {
        F e = keep_some(exp(load(row + j) - top), keys > j ? keys - j : 0);
        total += e;
        if (a.drop.threshold) e *= drop_factor(a.drop, key, j);
        store(row + j, e);
      }
      const float mass = sum(total);
      inverse[i] = 1.0f / mass;
      a.logsumexp[index * a.heads + a.head] = top + __builtin_logf(mass);
    }
    product(score, height, 1, v, width, block, width, queries, width, n);
    for (int64_t i = 0; i < queries; i++)
      scatter<T>(block + i * width, 1, a.depth, a.context, a.context_stride, a.first + i0 + i,
                 inverse[i]);
  }
}

template <class T>
INLINE void attention_backward_of(const AttentionArgs& a) {
  const int64_t n = a.length, height = padded(n), width = padded(a.depth);
  float* q = a.scratch;
  float* k = q + height * width;
  float* dc = k + height * width;
  float* kt = dc + height * width;
  float* vt = kt + height * width;
  float* out = vt + height * width;
  float* weights = out + height * width;
  float* dscore = weights + n * height;
  gather<T>(a.v, a.stride, a.first, n, a.depth, 1.0f, q);
  transpose(q, n, a.depth, vt);
  gather<T>(a.q, a.stride, a.first, n, a.depth, a.scale, q);
  gather<T>(a.k, a.stride, a.first, n, a.depth, 1.0f, k);
  transpose(k, n, a.depth, kt);
  gather<T>(a.dcontext, a.context_stride, a.first, n, a.depth, 1.0f, dc);
  fetch_next<T>(a);
  product(q, width, 1, kt, height, weights, height, n, height, a.depth);
  product(dc, width, 1, vt, height, dscore, height, n, height, a.depth);
  for (int64_t i = 0; i < n; i++) {
    float *p = weights + i * height, *ds = dscore + i * height;
    const int64_t keys = a.causal ? i + 1 : n, index = a.first + i;
    const float lse = a.logsumexp[index * a.heads + a.head];
    const RowKey key = row_key(a.drop.key, (uint64_t)(a.head * a.rows + index));
    F dot{};
    for (int64_t j = 0; j < height; j += LANES) {
      F e = keep_some(exp(load(p + j) - lse), keys > j ? keys - j : 0);
      if (a.drop.threshold)
        store(ds + j, load(ds + j) * drop_factor(a.drop, key, j));
      dot += e * load(ds + j);
      store(p + j, e);
    }
    const float mean = sum(dot);
    for (int64_t j = 0; j < height; j += LANES) {
      const F e = load(p + j);
      store(ds + j, e * (load(ds + j) - mean));
      if (a.drop.threshold) store(p + j, e * drop_factor(a.drop, key, j));
    }
  }
  product(weights, 1, height, dc, width, out, width, n, width, n);
  scatter<T>(out, n, a.depth, a.dv, a.stride, a.first, 1.0f);
  product(dscore, height, 1, k, width, out, width, n, width, n);
  scatter<T>(out, n, a.depth, a.dq, a.stride, a.first, a.scale);
  product(dscore, 1, height, q, width, out, width, n, width, n);
  scatter<T>(out, n, a.depth, a.dk, a.stride, a.first, 1.0f);
}
