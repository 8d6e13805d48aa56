// Attention of queries over one segment: the scores of a block of queries stay in the first-level
// cache, nothing of size [heads, length, length] is written (Dao et al. 2022, without their outer
// blocking: a segment's keys fit into the second-level cache). Included after arith_product.h.

/// Queries whose scores are computed together.
constexpr int64_t QUERY_BLOCK = 48;

/// Floats that staged heads may take: a part of the second-level cache.
constexpr int64_t STAGED = 65536;

/// Some heads are copied out of the tensors together, so that memory is read and written row by row
/// and not in the short pieces of one head. A head's rows lie as [length, padded(depth)], zeros
/// behind, and the next head's follow after `gap`.
struct Stage {
  int64_t heads, depth, width, gap;
};

/// Of k, v and so many tensors with the rows of q.
INLINE Stage stage_of(const AttentionArgs& a, int64_t alike_q) {
  const int64_t width = padded(a.depth), gap = (alike_q * a.queries + 2 * a.length) * width;
  const int64_t wanted = a.end - a.begin, most = STAGED / gap;
  return {most < 1 ? 1 : most < wanted ? most : wanted, a.depth, width, gap};
}

/// One row of several heads, which lie side by side in the tensor.
template <class T>
INLINE void gather(const Stage& stage, const T* row, float* to) {
  for (int64_t h = 0; h < stage.heads; h++, row += stage.depth, to += stage.gap) {
    int64_t c = 0;
    for (; c + LANES <= stage.depth; c += LANES) store(to + c, load(row + c));
    if (c < stage.depth) store(to + c, load_some(row + c, stage.depth - c));
  }
}

template <class T>
INLINE void scatter(const Stage& stage, const float* from, float factor, T* row) {
  for (int64_t h = 0; h < stage.heads; h++, row += stage.depth, from += stage.gap) {
    int64_t c = 0;
    for (; c + LANES <= stage.depth; c += LANES) store(row + c, load(from + c) * factor);
    if (c < stage.depth) store_some(row + c, load(from + c) * factor, stage.depth - c);
  }
}

/// [length, width] to [width, padded(length)], zeros behind.
INLINE void transpose(const float* from, int64_t length, int64_t width, float* to) {
  const int64_t height = padded(length);
  for (int64_t i = 0; i < height; i += LANES)
    for (int64_t d = 0; d < width; d += LANES) {
      U x[LANES];
#pragma GCC unroll 16
      for (int l = 0; l < LANES; l++)
        x[l] = i + l < length ? as_u(load(from + (i + l) * width + d)) : U{};
      transpose_square(x);
#pragma GCC unroll 16
      for (int l = 0; l < LANES; l++) store(to + (d + l) * height + i, as_f(x[l]));
    }
}

/// Row of a query among the keys.
INLINE int64_t place_of(const AttentionArgs& a, int64_t query) {
  return a.places ? a.places[a.first_query + query] : a.first + query;
}
INLINE int64_t keys_of(const AttentionArgs& a, int64_t query) {
  return a.causal ? place_of(a, query) - a.first + 1 : a.length;
}
INLINE RowKey key_of(const AttentionArgs& a, int64_t head, int64_t query) {
  return row_key(a.drop.key, (uint64_t)(head * a.rows + place_of(a, query)));
}
INLINE float* logsumexp_of(const AttentionArgs& a, int64_t head, int64_t query) {
  return a.logsumexp + (a.first_query + query) * a.heads + head;
}

/// Scores of one query to weights that are still to be divided by their sum, `mass`; `top` is the
/// greatest scaled score.
INLINE void soften(const AttentionArgs& a, int64_t head, int64_t i, float* row, float* top,
                   float* mass) {
  const int64_t height = padded(a.length), keys = keys_of(a, i);
  const F lowest = splat(-3.0e38f);
  F best = lowest;
  for (int64_t j = 0; j < keys; j += LANES)
    best = max(best, lane_index() < splat_u((uint32_t)(keys - j)) ? load(row + j) : lowest);
  *top = max_lane(best) * a.scale;
  const RowKey key = key_of(a, head, i);
  F total{};
  for (int64_t j = 0; j < height; j += LANES) {
    F e = keep_some(exp(load(row + j) * a.scale - *top), keys > j ? keys - j : 0);
    total += e;
    if (a.drop.threshold) e *= drop_factor(a.drop, key, j);
    store(row + j, e);
  }
  *mass = sum(total);
}

/// Divides the context of queries from i0 on by the sums of their weights.
INLINE void normalize(const AttentionArgs& a, int64_t head, int64_t i0, int64_t queries,
                      const float* top, const float* mass, float* context) {
  const int64_t width = padded(a.depth);
  for (int64_t i = 0; i < queries; i++, context += width) {
    *logsumexp_of(a, head, i0 + i) = top[i] + __builtin_logf(mass[i]);
    const float factor = 1.0f / mass[i];
    for (int64_t c = 0; c < width; c += LANES) store(context + c, load(context + c) * factor);
  }
}

/// The context replaces the queries.
static void attend(const AttentionArgs& a, int64_t head, float* q, const float* k, const float* v,
                   float* room) {
  const int64_t n = a.length, height = padded(n), width = padded(a.depth);
  float* kt = room;
  float* score = kt + height * width;
  transpose(k, n, width, kt);
  for (int64_t i0 = 0; i0 < a.queries; i0 += QUERY_BLOCK) {
    const int64_t queries = a.queries - i0 < QUERY_BLOCK ? a.queries - i0 : QUERY_BLOCK;
    float* block = q + i0 * width;
    product(block, width, 1, kt, height, score, height, queries, height, a.depth);
    float top[QUERY_BLOCK], mass[QUERY_BLOCK];
    for (int64_t i = 0; i < queries; i++)
      soften(a, head, i0 + i, score + i * height, top + i, mass + i);
    product(score, height, 1, v, width, block, width, queries, width, n);
    normalize(a, head, i0, queries, top, mass, block);
  }
}

template <class T>
static void attention_forward_of(const AttentionArgs& a) {
  Stage stage = stage_of(a, 1);
  float *q = a.scratch, *k = q + a.queries * stage.width, *v = k + a.length * stage.width;
  float* room = q + stage.heads * stage.gap;
  for (int64_t head = a.begin; head < a.end; head += stage.heads) {
    if (a.end - head < stage.heads) stage.heads = a.end - head;
    const int64_t column = head * a.depth;
    const int64_t query = a.first_query * a.q_stride + column, key = a.first * a.stride + column;
    const int64_t out = a.first_query * a.context_stride + column;
    for (int64_t i = 0; i < a.queries; i++)
      gather(stage, (const T*)a.q + query + i * a.q_stride, q + i * stage.width);
    for (int64_t i = 0; i < a.length; i++) {
      gather(stage, (const T*)a.k + key + i * a.stride, k + i * stage.width);
      gather(stage, (const T*)a.v + key + i * a.stride, v + i * stage.width);
    }
    for (int64_t h = 0; h < stage.heads; h++)
      attend(a, head + h, q + h * stage.gap, k + h * stage.gap, v + h * stage.gap, room);
    for (int64_t i = 0; i < a.queries; i++)
      scatter(stage, q + i * stage.width, 1.0f, (T*)a.context + out + i * a.context_stride);
  }
}

/// One query of the backward pass: its scores give its `weights` and become those after dropout,
/// whose gradients `ds` become their products with them. Returns the sum of those products.
INLINE float soften_again(const AttentionArgs& a, int64_t head, int64_t i, float* dropped,
                          float* ds, float* weights) {
  const int64_t height = padded(a.length), keys = keys_of(a, i);
  const float logsumexp = *logsumexp_of(a, head, i);
  const RowKey key = key_of(a, head, i);
  F total{};
  for (int64_t j = 0; j < height; j += LANES) {
    const F e = keep_some(exp(load(dropped + j) * a.scale - logsumexp), keys > j ? keys - j : 0);
    const F kept = a.drop.threshold ? e * drop_factor(a.drop, key, j) : e;
    const F g = kept * load(ds + j);
    total += g;
    store(weights + j, e);
    store(dropped + j, kept);
    store(ds + j, g);
  }
  return sum(total);
}

/// dq replaces dc, dk replaces k and dv replaces v.
static void attend_back(const AttentionArgs& a, int64_t head, const float* q, float* k, float* v,
                        float* dc, float* room) {
  const int64_t n = a.length, height = padded(n), width = padded(a.depth), queries = a.queries;
  float* kt = room;
  float* vt = kt + height * width;
  float* p = vt + height * width;
  float* ds = p + queries * height;
  transpose(k, n, width, kt);
  transpose(v, n, width, vt);
  product(q, width, 1, kt, height, p, height, queries, height, a.depth);
  product(dc, width, 1, vt, height, ds, height, queries, height, a.depth);
  float* weights = vt;
  for (int64_t i = 0; i < queries; i++) {
    float* row = ds + i * height;
    const float mean = soften_again(a, head, i, p + i * height, row, weights);
    for (int64_t j = 0; j < height; j += LANES)
      store(row + j, load(row + j) - load(weights + j) * mean);
  }
  product(p, 1, height, dc, width, v, width, n, width, queries);
  product(ds, height, 1, k, width, dc, width, queries, width, n);
  product(ds, 1, height, q, width, k, width, n, width, queries);
}

template <class T>
static void attention_backward_of(const AttentionArgs& a) {
  Stage stage = stage_of(a, 2);
  float *q = a.scratch, *dc = q + a.queries * stage.width, *k = dc + a.queries * stage.width;
  float *v = k + a.length * stage.width, *room = q + stage.heads * stage.gap;
  for (int64_t head = a.begin; head < a.end; head += stage.heads) {
    if (a.end - head < stage.heads) stage.heads = a.end - head;
    const int64_t column = head * a.depth;
    const int64_t query = a.first_query * a.q_stride + column, key = a.first * a.stride + column;
    const int64_t out = a.first_query * a.context_stride + column;
    for (int64_t i = 0; i < a.queries; i++) {
      gather(stage, (const T*)a.q + query + i * a.q_stride, q + i * stage.width);
      gather(stage, (const T*)a.dcontext + out + i * a.context_stride, dc + i * stage.width);
    }
    for (int64_t i = 0; i < a.length; i++) {
      gather(stage, (const T*)a.k + key + i * a.stride, k + i * stage.width);
      gather(stage, (const T*)a.v + key + i * a.stride, v + i * stage.width);
    }
    for (int64_t h = 0; h < stage.heads; h++) {
      const int64_t at = h * stage.gap;
      attend_back(a, head + h, q + at, k + at, v + at, dc + at, room);
    }
    for (int64_t i = 0; i < a.queries; i++)
      scatter(stage, dc + i * stage.width, a.scale, (T*)a.dq + query + i * a.q_stride);
    for (int64_t i = 0; i < a.length; i++) {
      scatter(stage, k + i * stage.width, a.scale, (T*)a.dk + key + i * a.stride);
      scatter(stage, v + i * stage.width, 1.0f, (T*)a.dv + key + i * a.stride);
    }
  }
}

static int64_t attention_scratch(const AttentionArgs& a, bool backward) {
  const int64_t height = padded(a.length), width = padded(a.depth);
  const Stage stage = stage_of(a, backward ? 2 : 1);
  const int64_t staged = stage.heads * stage.gap;
  return backward ? staged + 2 * height * (width + a.queries)
                  : staged + height * (width + QUERY_BLOCK);
}

static void attention_forward(const AttentionArgs& a) {
  if (a.type == Type::bf16)
    attention_forward_of<bf16>(a);
  else
    attention_forward_of<float>(a);
}

static void attention_backward(const AttentionArgs& a) {
  if (a.type == Type::bf16)
    attention_backward_of<bf16>(a);
  else
    attention_backward_of<float>(a);
}
