// Optimiser steps, sums and casts. Included by arith_*.cc inside its namespace, after simd.h.

INLINE F gradient_at(const Ref& g, int64_t i, int64_t n) {
  if (!g.data) return F{};
  return g.type == Type::bf16 ? load_upto((const bf16*)g.data + i, n)
                              : load_upto((const float*)g.data + i, n);
}

/// One parameter's elements [begin, end), as torch.optim's Adam, AdamW and SGD; Lion of
/// Chen et al. 2023, algorithm 2. With `decoupled` the decay shrinks the weight, otherwise it is
/// added to the gradient.
template <Rule rule>
INLINE void update_range(const UpdateArgs& a, int64_t begin, int64_t end) {
  const StepArgs& s = a.step;
  const float shrink = 1.0f - s.rate * s.decay, step = s.rate / s.correction1;
  const float inverse_root = 1.0f / s.correction2_sqrt;
  for (int64_t i = begin; i < end; i += LANES) {
    const int64_t n = end - i;
    F w = load_upto(a.weight + i, n);
    F g = gradient_at(a.gradient, i, n) * s.gradient_scale;
    if (s.decoupled)
      w *= shrink;
    else
      g += w * s.decay;
    if (rule == Rule::adam) {
      F m = load_upto(a.first + i, n), v = load_upto(a.second + i, n);
      m += (g - m) * (1.0f - s.beta1);
      v = v * s.beta2 + g * g * (1.0f - s.beta2);
      store_upto(a.first + i, m, n);
      store_upto(a.second + i, v, n);
      w -= step * (m / (root(v) * inverse_root + s.epsilon));
    } else if (rule == Rule::sgd) {
      if (a.first) {
        const F m = load_upto(a.first + i, n) * s.beta1 + g;
        store_upto(a.first + i, m, n);
        g = s.nesterov ? g + m * s.beta1 : m;
      }
      w -= g * s.rate;
    } else {
      const F m = load_upto(a.first + i, n);
      const F c = m * s.beta1 + g * (1.0f - s.beta1);
      w -= c > 0.0f ? splat(s.rate) : c < 0.0f ? splat(-s.rate) : F{};
      store_upto(a.first + i, m * s.beta2 + g * (1.0f - s.beta2), n);
    }
    store_upto(a.weight + i, w, n);
    if (a.shadow) store_upto((bf16*)a.shadow + i, w, n);
  }
}

static void update(const UpdateArgs& a, int64_t begin, int64_t end) {
  switch (a.rule) {
    case Rule::adam: return update_range<Rule::adam>(a, begin, end);
    case Rule::sgd: return update_range<Rule::sgd>(a, begin, end);
    case Rule::lion: return update_range<Rule::lion>(a, begin, end);
  }
}

template <class T>
INLINE void column_sum_of(const T* x, int64_t cols, int64_t begin, int64_t end, float* total) {
  for (int64_t row = begin; row < end; row++)
    for (int64_t c = 0; c < cols; c += LANES)
      add_to(total + c, load_upto(x + row * cols + c, cols - c), cols - c);
}
static void column_sum(Ref x, int64_t cols, int64_t begin, int64_t end, float* total) {
  if (x.type == Type::bf16)
    column_sum_of((const bf16*)x.data, cols, begin, end, total);
  else
    column_sum_of((const float*)x.data, cols, begin, end, total);
}

/// Squares are summed in float over blocks of 4,096 and in double over the blocks.
template <class T>
INLINE double square_sum_of(const T* x, int64_t begin, int64_t end) {
  double total = 0;
  for (int64_t at = begin; at < end; at += 4096) {
    const int64_t stop = at + 4096 < end ? at + 4096 : end;
    F a{}, b{};
    int64_t i = at;
    for (; i + 2 * LANES <= stop; i += 2 * LANES) {
      const F x0 = load(x + i), x1 = load(x + i + LANES);
      a += x0 * x0;
      b += x1 * x1;
    }
    for (; i < stop; i += LANES) {
      const F tail = load_upto(x + i, stop - i);
      a += tail * tail;
    }
    total += (double)sum(a + b);
  }
  return total;
}
static double square_sum(Ref x, int64_t begin, int64_t end) {
  return x.type == Type::bf16 ? square_sum_of((const bf16*)x.data, begin, end)
                              : square_sum_of((const float*)x.data, begin, end);
}

static void add_rows(const float* rows, const int32_t* order, int64_t count, int64_t cols,
                     int64_t first_col, int64_t last_col, float* total) {
  for (int64_t c = first_col; c < last_col; c += LANES) store_upto(total + c, F{}, last_col - c);
  for (int64_t r = 0; r < count; r++)
    for (int64_t c = first_col; c < last_col; c += LANES)
      add_to(total + c, load_upto(rows + (int64_t)order[r] * cols + c, last_col - c),
             last_col - c);
}

template <class T>
INLINE void dropout_of(const T* x, T* y, const Drop& drop, int64_t cols, int64_t begin,
                       int64_t end) {
  for (int64_t row = begin; row < end; row++) {
    const RowKey key = row_key(drop.key, (uint64_t)row);
    for (int64_t c = 0; c < cols; c += LANES) {
      const int64_t at = row * cols + c;
      store_upto(y + at, load_upto(x + at, cols - c) * drop_factor(drop, key, c), cols - c);
    }
  }
}
static void dropout(Ref x, void* y, const Drop& drop, int64_t cols, int64_t begin, int64_t end) {
  if (x.type == Type::bf16)
    dropout_of((const bf16*)x.data, (bf16*)y, drop, cols, begin, end);
  else
    dropout_of((const float*)x.data, (float*)y, drop, cols, begin, end);
}

static void cast(Ref x, void* y, Type type, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i += LANES) {
    const F v = gradient_at(x, i, end - i);
    if (type == Type::bf16)
      store_upto((bf16*)y + i, v, end - i);
    else
      store_upto((float*)y + i, v, end - i);
  }
}
