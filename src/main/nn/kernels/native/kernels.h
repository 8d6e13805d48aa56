// What the TensorFlow ops (ops_*.cc) ask of the arithmetic (arith_*.h): plain pointers, row ranges
// and one table of functions per instruction set. Nothing here depends on TensorFlow.
#pragma once
#include <cstdint>

namespace graft {

enum class Type { f32, bf16 };
enum class Activation { gelu, gelu_tanh, relu, identity };

/// A tensor whose element type is known at run time only; `data` is null where it is absent.
struct Ref {
  const void* data = nullptr;
  Type type = Type::f32;
};

/// Dropout as a pure function: an element is kept when hash(key, row, column) >= threshold.
struct Drop {
  uint64_t key = 0;
  uint32_t threshold = 0;  // 0: dropout is off
  float scale = 1.0f;      // 1 / (1 - rate)
};

/// y = act(x + bias); x, y [rows, cols]; bias [cols] or null.
/// Backward: dx = dy * act'(x + bias), partial column sums of dx added to dbias [cols].
struct ActArgs {
  Activation kind;
  Type type;
  int64_t cols;
  const void* x;
  const float* bias;
  const void* dy;
  void* out;
};

/// s = residual + dropout(branch + bias); y = (s - mean) * rstd * gamma + beta, all [rows, cols].
/// `half` is an optional bfloat16 copy of y. Backward reads dy (+ dhalf) and recomputes s.
struct NormArgs {
  int64_t cols;
  Type branch_type, residual_type;
  const void* branch;
  const float* bias;
  const void* residual;
  const float* gamma;
  const float* beta;
  float epsilon;
  Drop drop;
  float* mean;
  float* rstd;
  void* y;
  void* half;
  const void* dy;
  const void* dhalf;
  Type dhalf_type;
  void* dbranch;
  void* dresidual;
};

/// s = word[ids] + position[positions] + type[types]; y = dropout(norm(s)). Tables are float32.
/// A null position or type table is left out.
struct EmbedArgs {
  int64_t cols;
  const float* tables[3];
  const int32_t* ids[3];
  const float* gamma;
  const float* beta;
  float epsilon;
  Drop drop;
  float* mean;
  float* rstd;
  Type type;
  void* y;
  void* half;
  const void* dy;
  const void* dhalf;
  Type dhalf_type;
  float* dsum;
};

/// Attention of some heads over one segment of rows. Strides are in elements between rows; the
/// pointers point at row 0 of the first of all heads. Scores never leave the scratch.
struct AttentionArgs {
  Type type;
  int64_t first, length, depth;  // the segment's first row, its rows, the head size
  int64_t first_query, queries;  // its first row in q and context, its rows there
  const int32_t* places;         // row among the keys of each row of q; null: the same
  int64_t q_stride, stride, context_stride;  // of q; of k and v; of the context
  const void *q, *k, *v;
  void* context;
  float* logsumexp;  // of each row of q, element row * heads + head
  int64_t heads, rows;  // rows of k and v
  int64_t begin, end;   // the heads to compute
  float scale;
  bool causal;
  Drop drop;
  const void* dcontext;
  void *dq, *dk, *dv;
  float* scratch;
};

/// One side of a product: element (i, p), p being what is summed over, at data[i * outer + p * inner];
/// one of the strides is 1.
struct Operand {
  const float* data;
  int64_t outer, inner;
};

/// out(i, j) = sum over p < k of a(i, p) b(j, p), i < m, j < n, at out[i * out_row + j * out_col]; one
/// of the strides is 1. `packed` holds a as the tiles read it.
struct ProductArgs {
  int64_t m, n, k;
  Operand a, b;
  float* out;
  int64_t out_row, out_col;
  float* packed;
};

/// How a product is cut: strips of rows of a for packing, tiles of them for sums, panels of columns,
/// and the floats that a panel and each of its tiles need.
struct ProductShape {
  int64_t strips, tiles, panels, tile_rows, panel_scratch, tile_scratch;
};

/// Rates of one optimiser step; corrections are of the step (Adam) or 1.
struct StepArgs {
  float rate, beta1, beta2, epsilon, decay, correction1, correction2_sqrt, gradient_scale;
  bool decoupled, nesterov;
};

enum class Rule { adam, sgd, lion };

struct UpdateArgs {
  Rule rule;
  StepArgs step;
  float* weight;
  float* first;         // momentum
  float* second;        // second moment (adam only)
  Ref gradient;         // null data: a zero gradient
  void* shadow;         // bfloat16 copy of the weights, or null
};

/// One instruction set's implementation of everything above. Ranges are [begin, end).
struct Table {
  const char* name;
  void (*act_forward)(const ActArgs&, int64_t begin, int64_t end);
  void (*act_backward)(const ActArgs&, int64_t begin, int64_t end, float* dbias);
  /// scratch: 3 * (cols + 16) floats, here and below.
  void (*norm_forward)(const NormArgs&, int64_t begin, int64_t end, float* scratch);
  /// partial: dgamma, dbeta, dbias, [3, cols], added to.
  void (*norm_backward)(const NormArgs&, int64_t begin, int64_t end, float* partial,
                        float* scratch);
  void (*embed_forward)(const EmbedArgs&, int64_t begin, int64_t end, float* scratch);
  void (*embed_backward)(const EmbedArgs&, int64_t begin, int64_t end, float* partial,
                         float* scratch);
  void (*attention_forward)(const AttentionArgs&);
  void (*attention_backward)(const AttentionArgs&);
  /// Floats that a task needs.
  int64_t (*attention_scratch)(const AttentionArgs&, bool backward);
  void (*update)(const UpdateArgs&, int64_t begin, int64_t end);
  void (*column_sum)(Ref x, int64_t cols, int64_t begin, int64_t end, float* sum);
  double (*square_sum)(Ref x, int64_t begin, int64_t end);
  void (*add_rows)(const float* rows, const int32_t* order, int64_t count, int64_t cols,
                   int64_t first_col, int64_t last_col, float* sum);
  void (*dropout)(Ref x, void* y, const Drop& drop, int64_t cols, int64_t begin, int64_t end);
  void (*cast)(Ref x, void* y, Type type, int64_t begin, int64_t end);
  ProductShape (*product_shape)(int64_t m, int64_t n);
  /// Packs strips [begin, end) of a; then panels may be computed, any tiles of them on their own.
  /// scratch: panel_scratch + tiles * tile_scratch floats.
  void (*product_pack)(const ProductArgs&, int64_t begin, int64_t end);
  void (*product_panel)(const ProductArgs&, int64_t panel, int64_t begin, int64_t end,
                        float* scratch);
};

const Table* generic_table();
/// Null where the compiler's target is not x86-64.
const Table* avx2_table();
const Table* avx512_table();
const Table* avx512bf16_table();

}  // namespace graft
