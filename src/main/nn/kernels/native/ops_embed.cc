// flags: -O2
// Embeddings: gather + sum + layer norm + dropout, and sums of gradient rows by id.
#include <algorithm>
#include <cstring>
#include <vector>

#include "cpu.h"
#include "parallel.h"
#include "tf_op.h"

namespace graft {
namespace {

/// Tables word, position, type (inputs at..at+2; position or type may be empty) and their ids
/// (at+3..at+5), gamma (at+6).
EmbedArgs embed_args(Call& call, int at, int64_t* rows) {
  EmbedArgs args{};
  const View gamma = call.input(at + 6);
  args.cols = gamma.size;
  args.gamma = gamma.f32();
  *rows = call.input(at + 3).size;
  for (int t = 0; t < 3; t++) {
    const View table = call.input(at + t), ids = call.input(at + 3 + t);
    if (table.empty()) continue;
    require(table.cols() == args.cols, "every table must have as many columns as gamma");
    require(ids.size == *rows, "every id list must have the same length");
    const int64_t entries = table.rows();
    for (int64_t i = 0; i < *rows; i++)
      require(ids.i32()[i] >= 0 && ids.i32()[i] < entries, "an id lies outside its table");
    args.tables[t] = table.f32();
    args.ids[t] = ids.i32();
  }
  return args;
}

/// GraftEmbed: tables, ids, gamma, beta, key -> y Y [rows, C], half bfloat16 or [0], mean, rstd.
struct EmbedOp {
  float rate, epsilon;
  bool half, bfloat16;
  explicit EmbedOp(Attributes& attributes)
      : rate(attributes.real("rate")),
        epsilon(attributes.real("epsilon")),
        half(attributes.flag("with_copy")),
        bfloat16(attributes.flag("to_bf16")) {}

  void compute(Call& call) const {
    int64_t rows = 0;
    EmbedArgs args = embed_args(call, 0, &rows);
    const View beta = call.input(7);
    require(beta.size == args.cols, "beta must have one value a column");
    args.beta = beta.f32();
    args.epsilon = epsilon;
    args.drop = dropout_of(rate, call.input(8));
    args.type = bfloat16 ? Type::bf16 : Type::f32;
    args.y = call.output(0, {rows, args.cols}, data_type(args.type)).data;
    const View copy = call.output(
        1, half ? std::vector<int64_t>{rows, args.cols} : std::vector<int64_t>{0}, TF_BFLOAT16);
    args.half = half ? copy.data : nullptr;
    args.mean = call.output(2, {rows}).f32();
    args.rstd = call.output(3, {rows}).f32();
    const int64_t chunks = chunks_of(rows, args.cols);
    const Table& table = kernels();
    parallel(chunks, [&](int64_t i) {
      table.embed_forward(args, part(rows, chunks, i), part(rows, chunks, i + 1),
                          scratch(3 * (args.cols + 16)));
    });
  }
};

/// GraftEmbedGrad: dy Y, dhalf D or [0], tables, ids, gamma, mean, rstd, key
/// -> dsum [rows, C], the gradient of every table's gathered row, dgamma, dbeta [C].
struct EmbedGradOp {
  float rate;
  explicit EmbedGradOp(Attributes& attributes) : rate(attributes.real("rate")) {}

  void compute(Call& call) const {
    int64_t rows = 0;
    const View dy = call.input(0), dhalf = call.input(1);
    EmbedArgs args = embed_args(call, 2, &rows);
    const int64_t cols = args.cols;
    const View mean = call.input(9), rstd = call.input(10);
    require(dy.size == rows * cols, "dy must be [rows, width]");
    require(dhalf.empty() || dhalf.size == dy.size, "dhalf must have the shape of dy");
    require(mean.size == rows && rstd.size == rows, "mean and rstd must have one value a row");
    args.mean = mean.f32();
    args.rstd = rstd.f32();
    args.drop = dropout_of(rate, call.input(11));
    args.type = dy.type;
    args.dy = dy.data;
    args.dhalf = dhalf.empty() ? nullptr : dhalf.data;
    args.dhalf_type = dhalf.type;
    args.dsum = call.output(0, {rows, cols}).f32();
    const View dgamma = call.output(1, {cols}), dbeta = call.output(2, {cols});
    const int64_t chunks = chunks_of(rows, cols);
    std::vector<float> partial(static_cast<size_t>(chunks * 2 * cols)),
        total(static_cast<size_t>(2 * cols));
    const Table& table = kernels();
    parallel(chunks, [&](int64_t i) {
      table.embed_backward(args, part(rows, chunks, i), part(rows, chunks, i + 1),
                           partial.data() + i * 2 * cols, scratch(3 * (cols + 16)));
    });
    sum_chunks(partial.data(), chunks, 2 * cols, total.data());
    const size_t bytes = static_cast<size_t>(cols) * sizeof(float);
    std::memcpy(dgamma.data, total.data(), bytes);
    std::memcpy(dbeta.data, total.data() + cols, bytes);
  }
};

/// GraftRowSum: rows float [n, C], ids int32 [n] -> unique ids int32 [U] (ascending), sums
/// float [U, C]. Rows of one id are added in their order, so the sums do not depend on threads.
struct RowSumOp {
  explicit RowSumOp(Attributes&) {}

  void compute(Call& call) const {
    const View values = call.input(0), ids = call.input(1);
    const int64_t count = ids.size, cols = count ? values.size / count : values.cols();
    require(values.size == count * cols, "rows must be [n, C] with one id a row");
    std::vector<int32_t> order(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; i++) order[static_cast<size_t>(i)] = static_cast<int32_t>(i);
    const int32_t* id = ids.i32();
    std::stable_sort(order.begin(), order.end(),
                     [id](int32_t a, int32_t b) { return id[a] < id[b]; });
    std::vector<int64_t> starts;
    for (int64_t i = 0; i < count; i++)
      if (i == 0 || id[order[static_cast<size_t>(i)]] != id[order[static_cast<size_t>(i - 1)]])
        starts.push_back(i);
    const int64_t unique = static_cast<int64_t>(starts.size());
    starts.push_back(count);
    const View out_ids = call.output(0, {unique}, TF_INT32),
               sums = call.output(1, {unique, cols});
    const int64_t groups = std::min<int64_t>(unique, 16), blocks = std::max<int64_t>(cols / 128, 1);
    const Table& table = kernels();
    parallel(groups * blocks, [&](int64_t task) {
      const int64_t group = task / blocks, block = task % blocks;
      const int64_t first_col = block * 128, last_col = block + 1 == blocks ? cols : first_col + 128;
      for (int64_t u = part(unique, groups, group); u < part(unique, groups, group + 1); u++) {
        const int64_t start = starts[static_cast<size_t>(u)];
        const int32_t* own = order.data() + start;
        out_ids.i32()[u] = id[own[0]];
        table.add_rows(values.f32(), own, starts[static_cast<size_t>(u + 1)] - start, cols,
                       first_col, last_col, sums.f32() + u * cols);
      }
    });
  }
};

const Register<EmbedOp> embed{
    {"GraftEmbed",
     {"Y: {float, bfloat16}", "rate: float", "epsilon: float", "with_copy: bool", "to_bf16: bool"},
     {"word: float", "position: float", "kind: float", "word_ids: int32", "position_ids: int32",
      "kind_ids: int32", "gamma: float", "beta: float", "key: int32"},
     {"y: Y", "copy: bfloat16", "mean: float", "rstd: float"}}};
const Register<EmbedGradOp> embed_grad{
    {"GraftEmbedGrad",
     {"Y: {float, bfloat16}", "D: {float, bfloat16}", "rate: float"},
     {"dy: Y", "dhalf: D", "word: float", "position: float", "kind: float", "word_ids: int32",
      "position_ids: int32", "kind_ids: int32", "gamma: float", "mean: float", "rstd: float",
      "key: int32"},
     {"dsum: float", "dgamma: float", "dbeta: float"}}};
const Register<RowSumOp> row_sum{{"GraftRowSum",
                                  {"version: int = 1"},
                                  {"rows: float", "ids: int32"},
                                  {"unique: int32", "sums: float"}}};

}  // namespace
}  // namespace graft
