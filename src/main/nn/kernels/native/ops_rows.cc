// flags: -O2
// Ops over rows: activation, layer norm, dropout, column sum, cast.
#include <cstring>
#include <vector>

#include "cpu.h"
#include "parallel.h"
#include "tf_op.h"

namespace graft {
namespace {

/// GraftActivation: x [.., C], bias [C] or [0] -> act(x + bias) [.., C].
struct ActivationOp {
  Activation kind;
  explicit ActivationOp(Attributes& attributes)
      : kind(static_cast<Activation>(attributes.integer("kind"))) {}

  void compute(Call& call) const {
    const View x = call.input(0), bias = call.input(1);
    require(bias.empty() || bias.size == x.cols(), "bias must have one value a column of x");
    const View y = call.output_like(0, x);
    const ActArgs args{kind, x.type, x.cols(), x.data, bias.optional(), nullptr, y.data};
    const int64_t rows = x.rows(), chunks = chunks_of(rows, x.cols());
    const Table& table = kernels();
    parallel(chunks, [&](int64_t i) {
      table.act_forward(args, part(rows, chunks, i), part(rows, chunks, i + 1));
    });
  }
};

/// GraftActivationGrad: x, bias, dy -> dx like x, dbias like bias.
struct ActivationGradOp {
  Activation kind;
  explicit ActivationGradOp(Attributes& attributes)
      : kind(static_cast<Activation>(attributes.integer("kind"))) {}

  void compute(Call& call) const {
    const View x = call.input(0), bias = call.input(1), dy = call.input(2);
    require(bias.empty() || bias.size == x.cols(), "bias must have one value a column of x");
    require(dy.shape == x.shape, "dy must have the shape of x");
    const View dx = call.output_like(0, x), dbias = call.output(1, bias.shape);
    const ActArgs args{kind, x.type, x.cols(), x.data, bias.optional(), dy.data, dx.data};
    const int64_t rows = x.rows(), cols = x.cols(), chunks = chunks_of(rows, cols);
    std::vector<float> partial(bias.empty() ? 0 : static_cast<size_t>(chunks * cols));
    const Table& table = kernels();
    parallel(chunks, [&](int64_t i) {
      table.act_backward(args, part(rows, chunks, i), part(rows, chunks, i + 1),
                         bias.empty() ? nullptr : partial.data() + i * cols);
    });
    if (!bias.empty()) sum_chunks(partial.data(), chunks, cols, dbias.f32());
  }
};

/// Inputs branch, bias, residual, gamma from `at` on.
NormArgs norm_args(const View& branch, const View& bias, const View& residual, const View& gamma) {
  const int64_t cols = branch.cols();
  require(bias.empty() || bias.size == cols, "bias must have one value a column");
  require(residual.empty() || residual.shape == branch.shape,
          "residual must have the shape of branch");
  require(gamma.size == cols, "gamma must have one value a column");
  NormArgs args{};
  args.cols = cols;
  args.branch_type = branch.type;
  args.residual_type = residual.type;
  args.branch = branch.data;
  args.bias = bias.optional();
  args.residual = residual.empty() ? nullptr : residual.data;
  args.gamma = gamma.f32();
  require(branch.type == Type::bf16 || residual.type == Type::f32,
          "a bfloat16 residual needs a bfloat16 branch");
  return args;
}

/// GraftNorm: branch T [.., C], bias [C] or [0], residual R [.., C] or [0], gamma, beta [C], key
/// -> y R [.., C], half bfloat16 [.., C] or [0], mean, rstd [rows].
struct NormOp {
  float rate, epsilon;
  bool half;
  explicit NormOp(Attributes& attributes)
      : rate(attributes.real("rate")),
        epsilon(attributes.real("epsilon")),
        half(attributes.flag("with_copy")) {}

  void compute(Call& call) const {
    const View branch = call.input(0), bias = call.input(1), residual = call.input(2),
               gamma = call.input(3), beta = call.input(4);
    NormArgs args = norm_args(branch, bias, residual, gamma);
    require(beta.size == args.cols, "beta must have one value a column");
    const int64_t rows = branch.rows(), chunks = chunks_of(rows, args.cols);
    args.beta = beta.f32();
    args.epsilon = epsilon;
    args.drop = dropout_of(rate, call.input(5));
    args.y = call.output(0, branch.shape, data_type(residual.type)).data;
    const View copy =
        call.output(1, half ? branch.shape : std::vector<int64_t>{0}, TF_BFLOAT16);
    args.half = half ? copy.data : nullptr;
    args.mean = call.output(2, {rows}).f32();
    args.rstd = call.output(3, {rows}).f32();
    const Table& table = kernels();
    parallel(chunks, [&](int64_t i) {
      table.norm_forward(args, part(rows, chunks, i), part(rows, chunks, i + 1),
                         scratch(3 * (args.cols + 16)));
    });
  }
};

/// GraftNormGrad: dy R, dhalf D [.., C] or [0] (added to dy), branch, bias, residual, gamma, mean,
/// rstd, key -> dbranch T, dresidual R (or [0] where it equals dbranch, or without a residual),
/// dgamma, dbeta [C], dbias like bias.
struct NormGradOp {
  float rate;
  explicit NormGradOp(Attributes& attributes) : rate(attributes.real("rate")) {}

  void compute(Call& call) const {
    const View dy = call.input(0), dhalf = call.input(1), branch = call.input(2),
               bias = call.input(3), residual = call.input(4), gamma = call.input(5),
               mean = call.input(6), rstd = call.input(7);
    NormArgs args = norm_args(branch, bias, residual, gamma);
    const int64_t rows = branch.rows(), cols = args.cols, chunks = chunks_of(rows, cols);
    require(dy.size == branch.size && dy.type == residual.type, "dy must be like y");
    require(dhalf.empty() || dhalf.size == branch.size, "dhalf must have the shape of y");
    require(mean.size == rows && rstd.size == rows, "mean and rstd must have one value a row");
    args.drop = dropout_of(rate, call.input(8));
    args.mean = mean.f32();
    args.rstd = rstd.f32();
    args.dy = dy.data;
    args.dhalf = dhalf.empty() ? nullptr : dhalf.data;
    args.dhalf_type = dhalf.type;
    const bool same = !args.drop.threshold && branch.type == residual.type;
    args.dbranch = call.output_like(0, branch).data;
    const bool apart = !residual.empty() && !same;
    const View dresidual = call.output(1, apart ? residual.shape : std::vector<int64_t>{0},
                                       data_type(residual.type));
    args.dresidual = apart ? dresidual.data : nullptr;
    const View dgamma = call.output(2, {cols}), dbeta = call.output(3, {cols}),
               dbias = call.output(4, bias.shape);
    std::vector<float> partial(static_cast<size_t>(chunks * 3 * cols)),
        total(static_cast<size_t>(3 * cols));
    const Table& table = kernels();
    parallel(chunks, [&](int64_t i) {
      table.norm_backward(args, part(rows, chunks, i), part(rows, chunks, i + 1),
                          partial.data() + i * 3 * cols, scratch(3 * (cols + 16)));
    });
    sum_chunks(partial.data(), chunks, 3 * cols, total.data());
    const size_t bytes = static_cast<size_t>(cols) * sizeof(float);
    std::memcpy(dgamma.data, total.data(), bytes);
    std::memcpy(dbeta.data, total.data() + cols, bytes);
    if (!bias.empty()) std::memcpy(dbias.data, total.data() + 2 * cols, bytes);
  }
};

/// GraftDropout: x [.., C], key -> x times 0 or 1 / (1 - rate). Its own gradient.
struct DropoutOp {
  float rate;
  explicit DropoutOp(Attributes& attributes) : rate(attributes.real("rate")) {}

  void compute(Call& call) const {
    const View x = call.input(0);
    Drop drop = dropout_of(rate, call.input(1));
    const View y = call.output_like(0, x);
    const int64_t rows = x.rows(), chunks = chunks_of(rows, x.cols());
    const Table& table = kernels();
    parallel(chunks, [&](int64_t i) {
      table.dropout(x.ref(), y.data, drop, x.cols(), part(rows, chunks, i),
                    part(rows, chunks, i + 1));
    });
  }
};

/// GraftColumnSum: x [.., C] -> float32 [C].
struct ColumnSumOp {
  explicit ColumnSumOp(Attributes&) {}

  void compute(Call& call) const {
    const View x = call.input(0);
    const int64_t rows = x.rows(), cols = x.cols(), chunks = chunks_of(rows, cols);
    const View total = call.output(0, {cols});
    std::vector<float> partial(static_cast<size_t>(chunks * cols));
    const Table& table = kernels();
    parallel(chunks, [&](int64_t i) {
      table.column_sum(x.ref(), cols, part(rows, chunks, i), part(rows, chunks, i + 1),
                       partial.data() + i * cols);
    });
    sum_chunks(partial.data(), chunks, cols, total.f32());
  }
};

/// GraftCast: x S -> y D; float32 to bfloat16 rounds to nearest, ties to even.
struct CastOp {
  explicit CastOp(Attributes&) {}

  void compute(Call& call) const {
    const View x = call.input(0);
    const Type to = x.type == Type::bf16 ? Type::f32 : Type::bf16;
    const View y = call.output(0, x.shape, data_type(to));
    const int64_t chunks = chunks_of(x.size, 1);
    const Table& table = kernels();
    parallel(chunks, [&](int64_t i) {
      table.cast(x.ref(), y.data, to, part(x.size, chunks, i) , part(x.size, chunks, i + 1));
    });
  }
};

#define TYPE(name) name ": {float, bfloat16}"

const Register<ActivationOp> activation{
    {"GraftActivation", {TYPE("T"), "kind: int"}, {"x: T", "bias: float"}, {"y: T"}}};
const Register<ActivationGradOp> activation_grad{{"GraftActivationGrad",
                                                  {TYPE("T"), "kind: int"},
                                                  {"x: T", "bias: float", "dy: T"},
                                                  {"dx: T", "dbias: float"}}};
const Register<NormOp> norm{
    {"GraftNorm",
     {TYPE("T"), TYPE("R"), "rate: float", "epsilon: float", "with_copy: bool"},
     {"branch: T", "bias: float", "residual: R", "gamma: float", "beta: float", "key: int32"},
     {"y: R", "copy: bfloat16", "mean: float", "rstd: float"}}};
const Register<NormGradOp> norm_grad{
    {"GraftNormGrad",
     {TYPE("T"), TYPE("R"), TYPE("D"), "rate: float"},
     {"dy: R", "dhalf: D", "branch: T", "bias: float", "residual: R", "gamma: float",
      "mean: float", "rstd: float", "key: int32"},
     {"dbranch: T", "dresidual: R", "dgamma: float", "dbeta: float", "dbias: float"}}};
const Register<DropoutOp> dropout{
    {"GraftDropout", {TYPE("T"), "rate: float"}, {"x: T", "key: int32"}, {"y: T"}}};
const Register<ColumnSumOp> column_sum{
    {"GraftColumnSum", {TYPE("T")}, {"x: T"}, {"total: float"}}};
const Register<CastOp> cast{{"GraftCast", {TYPE("S"), TYPE("D")}, {"x: S"}, {"y: D"}}};

}  // namespace
}  // namespace graft
