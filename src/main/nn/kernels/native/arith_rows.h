// Bias + activation, residual + dropout + layer norm, embeddings: one pass over each row.
// Included by arith_*.cc inside its namespace, after simd.h.

template <class T>
INLINE void act_forward_rows(const ActArgs& a, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; row++) {
    const T* x = (const T*)a.x + row * a.cols;
    T* y = (T*)a.out + row * a.cols;
    for (int64_t c = 0; c < a.cols; c += LANES) {
      const int64_t n = a.cols - c;
      F v = load_upto(x + c, n);
      if (a.bias) v += load_upto(a.bias + c, n);
      F bell;
      switch (a.kind) {
        case Activation::gelu: v *= normal_cdf(v, &bell); break;
        case Activation::gelu_tanh:
          v /= 1.0f + exp(-1.5957691216057308f * (v + 0.044715f * v * v * v));
          break;
        case Activation::relu: v = max(v, F{}); break;
        case Activation::identity: break;
      }
      store_upto(y + c, v, n);
    }
  }
}

template <class T>
INLINE void act_backward_rows(const ActArgs& a, int64_t begin, int64_t end, float* dbias) {
  for (int64_t row = begin; row < end; row++) {
    const T* x = (const T*)a.x + row * a.cols;
    const T* dy = (const T*)a.dy + row * a.cols;
    T* dx = (T*)a.out + row * a.cols;
    for (int64_t c = 0; c < a.cols; c += LANES) {
      const int64_t n = a.cols - c;
      F v = load_upto(x + c, n), g = load_upto(dy + c, n), bell;
      if (a.bias) v += load_upto(a.bias + c, n);
      switch (a.kind) {
        case Activation::gelu: {
          const F cdf = normal_cdf(v, &bell);
          g *= cdf + v * bell * 0.3989422804014327f;
          break;
        }
        case Activation::gelu_tanh: {
          const F z = 1.5957691216057308f * (v + 0.044715f * v * v * v);
          const F s = 1.0f / (1.0f + exp(-z));
          g *= s + v * s * (1.0f - s) * (1.5957691216057308f * (1.0f + 0.134145f * v * v));
          break;
        }
        case Activation::relu: g = v > 0.0f ? g : F{}; break;
        case Activation::identity: break;
      }
      store_upto(dx + c, g, n);
      if (dbias) store_upto(dbias + c, load_upto(dbias + c, n) + g, n);
    }
  }
}

INLINE void moments(const float* s, int64_t cols, float epsilon, float* mean, float* rstd) {
  F total{}, squares{};
  for (int64_t c = 0; c < cols; c += LANES) total += load_upto(s + c, cols - c);
  *mean = sum(total) / (float)cols;
  for (int64_t c = 0; c < cols; c += LANES) {
    const F d = keep_some(load_upto(s + c, cols - c) - *mean, cols - c);
    squares += d * d;
  }
  *rstd = 1.0f / __builtin_sqrtf(sum(squares) / (float)cols + epsilon);
}

/// residual + dropout(branch + bias) of one column block.
template <class B, class R>
INLINE F norm_input(const NormArgs& a, int64_t row, int64_t c, int64_t n, F factor) {
  F v = load_upto((const B*)a.branch + row * a.cols + c, n);
  if (a.bias) v += load_upto(a.bias + c, n);
  if (a.drop.threshold) v *= factor;
  if (a.residual) v += load_upto((const R*)a.residual + row * a.cols + c, n);
  return v;
}

template <class B, class R>
INLINE void norm_forward_rows(const NormArgs& a, int64_t begin, int64_t end, float* s) {
  for (int64_t row = begin; row < end; row++) {
    const RowKey key = row_key(a.drop.key, (uint64_t)row);
    for (int64_t c = 0; c < a.cols; c += LANES) {
      const int64_t n = a.cols - c;
      const F factor = a.drop.threshold ? drop_factor(a.drop, key, c) : F{};
      store(s + c, norm_input<B, R>(a, row, c, n, factor));
    }
    moments(s, a.cols, a.epsilon, a.mean + row, a.rstd + row);
    const float mean = a.mean[row], rstd = a.rstd[row];
    for (int64_t c = 0; c < a.cols; c += LANES) {
      const int64_t n = a.cols - c;
      const F y = (load(s + c) - mean) * rstd * load_upto(a.gamma + c, n) +
                  load_upto(a.beta + c, n);
      store_upto((R*)a.y + row * a.cols + c, y, n);
      if (a.half) store_upto((bf16*)a.half + row * a.cols + c, y, n);
    }
  }
}

template <class D>
INLINE F incoming(const void* dy, const void* dhalf, Type half_type, int64_t at, int64_t n) {
  F g = load_upto((const D*)dy + at, n);
  if (dhalf) {
    if (half_type == Type::bf16)
      g += load_upto((const bf16*)dhalf + at, n);
    else
      g += load_upto((const float*)dhalf + at, n);
  }
  return g;
}

INLINE void add_to(float* p, F x, int64_t n) { store_upto(p, load_upto(p, n) + x, n); }

/// Ba, Kiros & Hinton 2016: ds = rstd (g - mean(g) - xhat mean(g xhat)) with g = dy gamma.
template <class B, class R>
INLINE void norm_backward_rows(const NormArgs& a, int64_t begin, int64_t end, float* partial,
                               float* scratch) {
  const int64_t cols = a.cols;
  float *dgamma = partial, *dbeta = partial + cols, *dbias = partial + 2 * cols;
  const int64_t padded = cols + LANES;
  float *hat = scratch, *grad = scratch + padded, *factors = scratch + 2 * padded;
  for (int64_t row = begin; row < end; row++) {
    const RowKey key = row_key(a.drop.key, (uint64_t)row);
    const float mean = a.mean[row], rstd = a.rstd[row];
    F total{}, product{};
    for (int64_t c = 0; c < cols; c += LANES) {
      const int64_t n = cols - c;
      F factor = splat(1.0f);
      if (a.drop.threshold) {
        factor = drop_factor(a.drop, key, c);
        store(factors + c, factor);
      }
      const F xhat = keep_some((norm_input<B, R>(a, row, c, n, factor) - mean) * rstd, n);
      const F dy = incoming<R>(a.dy, a.dhalf, a.dhalf_type, row * cols + c, n);
      add_to(dgamma + c, dy * xhat, n);
      add_to(dbeta + c, dy, n);
      const F g = dy * load_upto(a.gamma + c, n);
      total += g;
      product += g * xhat;
      store(hat + c, xhat);
      store(grad + c, g);
    }
    const float g_mean = sum(total) / (float)cols, gx_mean = sum(product) / (float)cols;
    for (int64_t c = 0; c < cols; c += LANES) {
      const int64_t n = cols - c;
      F ds = rstd * (load(grad + c) - g_mean - load(hat + c) * gx_mean);
      if (a.dresidual) store_upto((R*)a.dresidual + row * cols + c, ds, n);
      if (a.drop.threshold) ds *= load(factors + c);
      if (a.dbranch) store_upto((B*)a.dbranch + row * cols + c, ds, n);
      if (a.bias) add_to(dbias + c, ds, n);
    }
  }
}

INLINE F embed_input(const EmbedArgs& a, int64_t row, int64_t c, int64_t n) {
  F v{};
  for (int t = 0; t < 3; t++)
    if (a.tables[t]) v += load_upto(a.tables[t] + (int64_t)a.ids[t][row] * a.cols + c, n);
  return v;
}

template <class T>
INLINE void embed_forward_rows(const EmbedArgs& a, int64_t begin, int64_t end, float* s) {
  for (int64_t row = begin; row < end; row++) {
    for (int64_t c = 0; c < a.cols; c += LANES) store(s + c, embed_input(a, row, c, a.cols - c));
    moments(s, a.cols, a.epsilon, a.mean + row, a.rstd + row);
    const float mean = a.mean[row], rstd = a.rstd[row];
    const RowKey key = row_key(a.drop.key, (uint64_t)row);
    for (int64_t c = 0; c < a.cols; c += LANES) {
      const int64_t n = a.cols - c;
      F y = (load(s + c) - mean) * rstd * load_upto(a.gamma + c, n) + load_upto(a.beta + c, n);
      if (a.drop.threshold) y *= drop_factor(a.drop, key, c);
      store_upto((T*)a.y + row * a.cols + c, y, n);
      if (a.half) store_upto((bf16*)a.half + row * a.cols + c, y, n);
    }
  }
}

template <class T>
INLINE void embed_backward_rows(const EmbedArgs& a, int64_t begin, int64_t end, float* partial,
                                float* scratch) {
  const int64_t cols = a.cols;
  float *hat = scratch, *grad = scratch + cols + LANES;
  for (int64_t row = begin; row < end; row++) {
    const RowKey key = row_key(a.drop.key, (uint64_t)row);
    const float mean = a.mean[row], rstd = a.rstd[row];
    F total{}, product{};
    for (int64_t c = 0; c < cols; c += LANES) {
      const int64_t n = cols - c;
      const F xhat = keep_some((embed_input(a, row, c, n) - mean) * rstd, n);
      F dy = incoming<T>(a.dy, a.dhalf, a.dhalf_type, row * cols + c, n);
      if (a.drop.threshold) dy *= drop_factor(a.drop, key, c);
      add_to(partial + c, dy * xhat, n);
      add_to(partial + cols + c, dy, n);
      const F g = dy * load_upto(a.gamma + c, n);
      total += g;
      product += g * xhat;
      store(hat + c, xhat);
      store(grad + c, g);
    }
    const float g_mean = sum(total) / (float)cols, gx_mean = sum(product) / (float)cols;
    for (int64_t c = 0; c < cols; c += LANES) {
      const F ds = rstd * (load(grad + c) - g_mean - load(hat + c) * gx_mean);
      store_upto(a.dsum + row * cols + c, ds, cols - c);
    }
  }
}

static void act_forward(const ActArgs& a, int64_t begin, int64_t end) {
  if (a.type == Type::bf16)
    act_forward_rows<bf16>(a, begin, end);
  else
    act_forward_rows<float>(a, begin, end);
}
static void act_backward(const ActArgs& a, int64_t begin, int64_t end, float* dbias) {
  if (a.type == Type::bf16)
    act_backward_rows<bf16>(a, begin, end, dbias);
  else
    act_backward_rows<float>(a, begin, end, dbias);
}
static void norm_forward(const NormArgs& a, int64_t begin, int64_t end, float* scratch) {
  if (a.residual_type == Type::bf16)
    norm_forward_rows<bf16, bf16>(a, begin, end, scratch);
  else if (a.branch_type == Type::bf16)
    norm_forward_rows<bf16, float>(a, begin, end, scratch);
  else
    norm_forward_rows<float, float>(a, begin, end, scratch);
}
static void norm_backward(const NormArgs& a, int64_t begin, int64_t end, float* partial,
                          float* scratch) {
  if (a.residual_type == Type::bf16)
    norm_backward_rows<bf16, bf16>(a, begin, end, partial, scratch);
  else if (a.branch_type == Type::bf16)
    norm_backward_rows<bf16, float>(a, begin, end, partial, scratch);
  else
    norm_backward_rows<float, float>(a, begin, end, partial, scratch);
}
static void embed_forward(const EmbedArgs& a, int64_t begin, int64_t end, float* scratch) {
  if (a.type == Type::bf16)
    embed_forward_rows<bf16>(a, begin, end, scratch);
  else
    embed_forward_rows<float>(a, begin, end, scratch);
}
static void embed_backward(const EmbedArgs& a, int64_t begin, int64_t end, float* partial,
                           float* scratch) {
  if (a.type == Type::bf16)
    embed_backward_rows<bf16>(a, begin, end, partial, scratch);
  else
    embed_backward_rows<float>(a, begin, end, partial, scratch);
}
