// Attention in bfloat16 with the processor's pair products (AVX512-BF16): operands and weights are
// bfloat16, every sum, the softmax and its gradient are float32. Included after arith_attention.h
// where NATIVE_BF16 is set.

INLINE const Pair* pair_row(const void* from, int64_t stride, int64_t row) {
  return (const Pair*)((const bf16*)from + row * stride);
}
INLINE void store_line(Pair* p, U x) { __builtin_memcpy(p, &x, sizeof x); }

/// (low, high) rounded to bfloat16, side by side.
INLINE U pair_up(F low, F high) {
  return __builtin_convertvector(to_bf16(low), U) | __builtin_convertvector(to_bf16(high), U) << 16;
}

/// Rows 2i and 2i + 1 of a head as row i of pairs: [(length + 1) / 2, padded(depth)].
INLINE void interleave(const void* from, const AttentionArgs& a, int64_t stride, Pair* to) {
  const int64_t width = padded(a.depth);
  for (int64_t i = 0; i < a.length; i += 2) {
    const bf16* row = (const bf16*)from + (a.first + i) * stride;
    for (int64_t c = 0; c < a.depth; c += LANES) {
      const int64_t n = a.depth - c;
      const U low = as_u(load_upto(row + c, n)) >> 16;
      const U high = i + 1 < a.length ? as_u(load_upto(row + stride + c, n)) : U{};
      store_line(to + i / 2 * width + c, low | high);
    }
  }
}

/// Columns 2d and 2d + 1 of a head as row d of pairs: [depth / 2, padded(length)].
INLINE void transpose_pairs(const void* from, const AttentionArgs& a, Pair* to) {
  const int64_t height = padded(a.length);
  for (int64_t i = 0; i < height; i += LANES)
    for (int64_t d = 0; d < a.depth / 2; d++) {
      U column{};
      for (int l = 0; l < LANES; l++)
        if (i + l < a.length) column[l] = pair_row(from, a.stride, a.first + i + l)[d];
      store_line(to + d * height + i, column);
    }
}

INLINE int64_t pair_scratch(int64_t length, int64_t depth, bool backward) {
  const int64_t height = padded(length), width = padded(depth), pairs = (length + 1) / 2;
  if (!backward) return depth / 2 * height + pairs * width + QUERY_BLOCK * (2 * height + width);
  return depth * height + 3 * pairs * width + height * width + 2 * length * height +
         2 * pairs * height + (pairs + 1) * height;
}

static void attention_forward_pairs(const AttentionArgs& a) {
  const int64_t n = a.length, height = padded(n), width = padded(a.depth), half = a.depth / 2;
  const int64_t pairs = (n + 1) / 2;
  Pair* kt = (Pair*)a.scratch;
  Pair* v = kt + half * height;
  Pair* weights = v + pairs * width;
  float* score = (float*)(weights + QUERY_BLOCK * height / 2);
  float* block = score + QUERY_BLOCK * height;
  transpose_pairs(a.k, a, kt);
  interleave(a.v, a, a.stride, v);
  fetch_next<bf16>(a);
  for (int64_t i0 = 0; i0 < n; i0 += QUERY_BLOCK) {
    const int64_t queries = n - i0 < QUERY_BLOCK ? n - i0 : QUERY_BLOCK;
    product(pair_row(a.q, a.stride, a.first + i0), a.stride / 2, 1, (const Pair*)kt, height, score,
            height, queries, height, half);
    float inverse[QUERY_BLOCK];
    for (int64_t i = 0; i < queries; i++) {
      const float* row = score + i * height;
      bf16* weight = (bf16*)weights + i * height;
      const int64_t keys = a.causal ? i0 + i + 1 : n, index = a.first + i0 + i;
      F best = splat(-3.0e38f);
      for (int64_t j = 0; j < keys; j += LANES)
        best = max(best, (lane_index() + (uint32_t)j) < splat_u((uint32_t)keys) ? load(row + j)
                                                                               : splat(-3.0e38f));
      const float top = max_lane(best) * a.scale;
      const RowKey key = row_key(a.drop.key, (uint64_t)(a.head * a.rows + index));
      F total{};
      for (int64_t j = 0; j < height; j += LANES) {
        F e = keep_some(exp(load(row + j) * a.scale - top), keys > j ? keys - j : 0);
        total += e;
        if (a.drop.threshold) e *= drop_factor(a.drop, key, j);
        store(weight + j, e);
      }
      const float mass = sum(total);
      inverse[i] = 1.0f / mass;
      a.logsumexp[index * a.heads + a.head] = top + __builtin_logf(mass);
    }
    product((const Pair*)weights, height / 2, 1, (const Pair*)v, width, block, width, queries,
            width, pairs);
    for (int64_t i = 0; i < queries; i++)
      scatter<bf16>(block + i * width, 1, a.depth, a.context, a.context_stride, a.first + i0 + i,
                    inverse[i]);
  }
}

/// One row of the backward pass: scores become weights; returns sum(weights * their gradients).
INLINE float weigh_row(const AttentionArgs& a, int64_t i, RowKey key, float* p, float* ds) {
  const int64_t keys = a.causal ? i + 1 : a.length, height = padded(a.length);
  const float lse = a.logsumexp[(a.first + i) * a.heads + a.head];
  F dot{};
  for (int64_t j = 0; j < height; j += LANES) {
    const F e = keep_some(exp(load(p + j) * a.scale - lse), keys > j ? keys - j : 0);
    F g = load(ds + j);
    if (a.drop.threshold) {
      g *= drop_factor(a.drop, key, j);
      store(ds + j, g);
    }
    dot += e * g;
    store(p + j, e);
  }
  return sum(dot);
}

/// Turns scores and the weights' gradients of all rows into what the products read: dropped
/// weights and score gradients with queries in pairs, and score gradients with keys in pairs.
INLINE void weigh_rows(const AttentionArgs& a, float* p, float* ds, Pair* weights, Pair* by_query,
                       bf16* by_key) {
  const int64_t n = a.length, height = padded(n);
  for (int64_t i = 0; i < n; i += 2) {
    const bool both = i + 1 < n;
    float mean[2] = {};
    RowKey key[2] = {};
    for (int64_t r = 0; r < (both ? 2 : 1); r++) {
      key[r] = row_key(a.drop.key, (uint64_t)(a.head * a.rows + a.first + i + r));
      mean[r] = weigh_row(a, i + r, key[r], p + (i + r) * height, ds + (i + r) * height);
    }
    for (int64_t j = 0; j < height; j += LANES) {
      F e[2] = {}, g[2] = {};
      for (int64_t r = 0; r < (both ? 2 : 1); r++) {
        const int64_t at = (i + r) * height + j;
        e[r] = load(p + at);
        g[r] = e[r] * (load(ds + at) - mean[r]);
        store(by_key + at, g[r]);
        if (a.drop.threshold) e[r] *= drop_factor(a.drop, key[r], j);
      }
      store_line(weights + i / 2 * height + j, pair_up(e[0], e[1]));
      store_line(by_query + i / 2 * height + j, pair_up(g[0], g[1]));
    }
  }
}

static void attention_backward_pairs(const AttentionArgs& a) {
  const int64_t n = a.length, height = padded(n), width = padded(a.depth), half = a.depth / 2;
  const int64_t pairs = (n + 1) / 2;
  Pair* kt = (Pair*)a.scratch;
  Pair* vt = kt + half * height;
  Pair* q = vt + half * height;
  Pair* k = q + pairs * width;
  Pair* dc = k + pairs * width;
  Pair* weights = dc + pairs * width;
  Pair* by_query = weights + pairs * height;
  Pair* by_key = by_query + pairs * height;
  float* score = (float*)(by_key + (pairs + 1) * height);
  float* dscore = score + n * height;
  float* out = dscore + n * height;
  transpose_pairs(a.k, a, kt);
  transpose_pairs(a.v, a, vt);
  interleave(a.q, a, a.stride, q);
  interleave(a.k, a, a.stride, k);
  interleave(a.dcontext, a, a.context_stride, dc);
  fetch_next<bf16>(a);
  product(pair_row(a.q, a.stride, a.first), a.stride / 2, 1, (const Pair*)kt, height, score, height,
          n, height, half);
  product(pair_row(a.dcontext, a.context_stride, a.first), a.context_stride / 2, 1,
          (const Pair*)vt, height, dscore, height, n, height, half);
  weigh_rows(a, score, dscore, weights, by_query, (bf16*)by_key);
  product((const Pair*)weights, 1, height, (const Pair*)dc, width, out, width, n, width, pairs);
  scatter<bf16>(out, n, a.depth, a.dv, a.stride, a.first, 1.0f);
  product((const Pair*)by_key, height / 2, 1, (const Pair*)k, width, out, width, n, width, pairs);
  scatter<bf16>(out, n, a.depth, a.dq, a.stride, a.first, a.scale);
  product((const Pair*)by_query, 1, height, (const Pair*)q, width, out, width, n, width, pairs);
  scatter<bf16>(out, n, a.depth, a.dk, a.stride, a.first, a.scale);
}
