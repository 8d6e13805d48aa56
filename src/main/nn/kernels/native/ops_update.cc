// flags: -O2
// Optimiser steps over many tensors in one op, the global norm, and what the processor can do.
//
// GraftUpdate and GraftUpdateRows write THROUGH their input buffers: weights, moments and shadows
// are tensors that the optimiser owns and that nothing else reads while the op runs. Gradients,
// rates and ids are only read.
#include <algorithm>
#include <cmath>
#include <vector>

#include "cpu.h"
#include "parallel.h"
#include "tf_op.h"

namespace graft {
namespace {

constexpr int64_t PIECE = 65536;  // elements of one task

/// rates: rate, beta1, beta2, epsilon, correction1, sqrt(correction2).
StepArgs step_args(const View& rates, bool decoupled, bool nesterov, const View& scale) {
  require(rates.size == 6, "rates must hold six numbers");
  const float* r = rates.f32();
  require(scale.size == 1, "the gradient scale must be one number");
  return {r[0], r[1], r[2], r[3], 0.0f, r[4], r[5], scale.f32()[0], decoupled, nesterov};
}

/// GraftUpdate: weights N, first F (N or 0), second S (N or 0), gradients N of type G, shadows M
/// (N or 0) bfloat16, rates [6], decay [N], factors [N] on the rate, scale on every gradient.
struct UpdateOp {
  int64_t tensors, firsts, seconds, shadows;
  Rule rule;
  bool decoupled, nesterov;
  explicit UpdateOp(Attributes& attributes)
      : tensors(attributes.integer("N")),
        firsts(attributes.integer("F")),
        seconds(attributes.integer("S")),
        shadows(attributes.integer("M")),
        rule(static_cast<Rule>(attributes.integer("rule"))),
        decoupled(attributes.flag("decoupled")),
        nesterov(attributes.flag("nesterov")) {
    for (const int64_t count : {firsts, seconds, shadows})
      require(count == 0 || count == tensors, "a list must be empty or as long as the weights");
    require(rule != Rule::adam || (firsts && seconds), "Adam needs both moments");
    require(rule != Rule::lion || firsts, "Lion needs its momentum");
  }

  void compute(Call& call) const {
    const int n = static_cast<int>(tensors), f = static_cast<int>(firsts),
              s = static_cast<int>(seconds), m = static_cast<int>(shadows);
    const int tail = 2 * n + f + s + m;
    const View rates = call.input(tail), decay = call.input(tail + 1),
               factors = call.input(tail + 2), scale = call.input(tail + 3);
    require(decay.size == n && factors.size == n, "decay and factors must have one value a tensor");
    std::vector<UpdateArgs> all(static_cast<size_t>(n));
    struct Piece {
      int tensor;
      int64_t begin, end;
    };
    std::vector<Piece> pieces;
    for (int i = 0; i < n; i++) {
      UpdateArgs& args = all[static_cast<size_t>(i)];
      args.rule = rule;
      args.step = step_args(rates, decoupled, nesterov, scale);
      args.step.rate *= factors.f32()[i];
      args.step.decay = decay.f32()[i];
      const View weight = call.input(i), gradient = call.input(n + f + s + i);
      const auto alike = [&](const View& view) {
        require(view.size == weight.size, "weight, moments, gradient and shadow must be alike");
        return view;
      };
      args.weight = weight.f32();
      args.first = f ? alike(call.input(n + i)).f32() : nullptr;
      args.second = s ? alike(call.input(n + f + i)).f32() : nullptr;
      args.gradient = alike(gradient).ref();
      args.shadow = m ? alike(call.input(2 * n + f + s + i)).data : nullptr;
      for (int64_t at = 0; at < weight.size; at += PIECE)
        pieces.push_back({i, at, std::min(at + PIECE, weight.size)});
    }
    const Table& table = kernels();
    parallel(static_cast<int64_t>(pieces.size()), [&](int64_t i) {
      const Piece& piece = pieces[static_cast<size_t>(i)];
      table.update(all[static_cast<size_t>(piece.tensor)], piece.begin, piece.end);
    });
  }
};

/// The arguments with every pointer moved to element `at`, without a gradient.
UpdateArgs at_row(UpdateArgs args, int64_t at) {
  args.weight += at;
  if (args.first) args.first += at;
  if (args.second) args.second += at;
  if (args.shadow) args.shadow = static_cast<uint16_t*>(args.shadow) + at;
  args.gradient = {};
  return args;
}

/// GraftUpdateRows: the same step of one table [R, C] whose gradient is zero but for some rows
/// (ids ascending and unique, values [U, C]). Exactly the dense step: rows without a gradient still
/// move by their momentum. `touched` int32 [R] remembers the rows that ever had a gradient: the
/// moments of all others are zero, so only the decay concerns them.
struct UpdateRowsOp {
  int64_t firsts, seconds, shadows;
  Rule rule;
  bool decoupled, nesterov;
  explicit UpdateRowsOp(Attributes& attributes)
      : firsts(attributes.integer("F")),
        seconds(attributes.integer("S")),
        shadows(attributes.integer("M")),
        rule(static_cast<Rule>(attributes.integer("rule"))),
        decoupled(attributes.flag("decoupled")),
        nesterov(attributes.flag("nesterov")) {
    for (const int64_t count : {firsts, seconds, shadows})
      require(count == 0 || count == 1, "a list holds one tensor at most");
    require(rule != Rule::adam || (firsts && seconds), "Adam needs both moments");
    require(rule != Rule::lion || firsts, "Lion needs its momentum");
  }

  void compute(Call& call) const {
    const int f = static_cast<int>(firsts), s = static_cast<int>(seconds),
              m = static_cast<int>(shadows), tail = 1 + f + s + m;
    const View weight = call.input(0), touched = call.input(tail), ids = call.input(tail + 1),
               values = call.input(tail + 2), rates = call.input(tail + 3),
               decay = call.input(tail + 4), factors = call.input(tail + 5),
               scale = call.input(tail + 6);
    require(decay.size == 1 && factors.size == 1, "decay and factor must be one number");
    require(touched.size > 0 && weight.size % touched.size == 0, "touched must have one flag a row");
    const int64_t rows = touched.size, cols = weight.size / rows;
    require(values.size == ids.size * cols, "values must be [U, C] with one id a row");
    for (int64_t i = 0; i < ids.size; i++)
      require(ids.i32()[i] >= 0 && ids.i32()[i] < rows && (!i || ids.i32()[i - 1] < ids.i32()[i]),
              "ids must be ascending rows of the table");
    UpdateArgs base{};
    base.rule = rule;
    base.step = step_args(rates, decoupled, nesterov, scale);
    base.step.rate *= factors.f32()[0];
    base.step.decay = decay.f32()[0];
    const auto alike = [&](const View& view) {
      require(view.size == weight.size, "weight, moments and shadow must be alike");
      return view;
    };
    base.weight = weight.f32();
    base.first = f ? alike(call.input(1)).f32() : nullptr;
    base.second = s ? alike(call.input(1 + f)).f32() : nullptr;
    base.shadow = m ? alike(call.input(1 + f + s)).data : nullptr;
    // Coupled decay is a gradient of its own and reaches every row's moments.
    const bool all_rows = !decoupled && base.step.decay != 0.0f;
    const bool shrinks = decoupled && base.step.decay != 0.0f;
    const int64_t chunks = std::max<int64_t>(1, std::min<int64_t>(64, weight.size / 16384));
    const Table& table = kernels();
    parallel(chunks, [&](int64_t chunk) {
      const int64_t last = part(rows, chunks, chunk + 1);
      const int32_t* const begin = ids.i32();
      const int32_t* const end = begin + ids.size;
      const int32_t* next =
          std::lower_bound(begin, end, static_cast<int32_t>(part(rows, chunks, chunk)));
      for (int64_t row = part(rows, chunks, chunk); row < last; row++) {
        const bool has = next != end && *next == row;
        UpdateArgs args = at_row(base, row * cols);
        if (has) {
          args.gradient.data = values.f32() + (next - begin) * cols;
          touched.i32()[row] = 1;
          next++;
        }
        if (has || touched.i32()[row] || all_rows) {
          table.update(args, 0, cols);
        } else if (shrinks) {
          args.rule = Rule::sgd;
          args.first = nullptr;
          table.update(args, 0, cols);
        }
      }
    });
  }
};

/// GraftGlobalNorm: tensors N of type T, limit -> norm (of all elements together), scale =
/// min(1, limit / (norm + 1e-6)) as torch.nn.utils.clip_grad_norm_; a limit <= 0 leaves scale 1.
struct GlobalNormOp {
  int64_t tensors;
  explicit GlobalNormOp(Attributes& attributes) : tensors(attributes.integer("N")) {}

  void compute(Call& call) const {
    struct Piece {
      Ref ref;
      int64_t begin, end;
    };
    std::vector<Piece> pieces;
    for (int i = 0; i < tensors; i++) {
      const View view = call.input(i);
      for (int64_t at = 0; at < view.size; at += PIECE)
        pieces.push_back({view.ref(), at, std::min(at + PIECE, view.size)});
    }
    const View limit = call.input(static_cast<int>(tensors));
    require(limit.size == 1, "the limit must be one number");
    std::vector<double> sums(pieces.size());
    const Table& table = kernels();
    parallel(static_cast<int64_t>(pieces.size()), [&](int64_t i) {
      const Piece& piece = pieces[static_cast<size_t>(i)];
      sums[static_cast<size_t>(i)] = table.square_sum(piece.ref, piece.begin, piece.end);
    });
    double total = 0;
    for (const double sum : sums) total += sum;
    const float norm = static_cast<float>(std::sqrt(total)), most = limit.f32()[0];
    call.output(0, {}).f32()[0] = norm;
    const float scale = most / (norm + 1e-6f);
    call.output(1, {}).f32()[0] = most > 0.0f && !(scale > 1.0f) ? scale : 1.0f;
  }
};

/// GraftProcessor: select int32 (a level, or -1 to leave it) -> int32 [4]: level in use, best
/// level, threads, whether it multiplies bfloat16.
struct ProcessorOp {
  explicit ProcessorOp(Attributes&) {}

  void compute(Call& call) const {
    const int level = call.input(0).i32()[0];
    require(level < 0 || select_level(level), "this processor lacks that instruction set");
    int32_t* out = call.output(0, {4}, TF_INT32).i32();
    out[0] = current_level();
    out[1] = best_level();
    out[2] = thread_count();
    out[3] = has_bfloat16();
  }
};

const Register<UpdateOp> update_op{
    {"GraftUpdate",
     {"N: int >= 1", "F: int >= 0", "S: int >= 0", "M: int >= 0", "G: {float, bfloat16}",
      "rule: int", "decoupled: bool", "nesterov: bool"},
     {"weights: N * float", "first: F * float", "second: S * float", "gradients: N * G",
      "shadows: M * bfloat16", "rates: float", "decay: float", "factors: float", "scale: float"},
     {}}};
const Register<UpdateRowsOp> update_rows_op{
    {"GraftUpdateRows",
     {"F: int >= 0", "S: int >= 0", "M: int >= 0", "rule: int", "decoupled: bool",
      "nesterov: bool"},
     {"weight: float", "first: F * float", "second: S * float", "shadow: M * bfloat16",
      "touched: int32", "ids: int32", "values: float", "rates: float", "decay: float",
      "factors: float", "scale: float"},
     {}}};
const Register<GlobalNormOp> global_norm{{"GraftGlobalNorm",
                                          {"N: int >= 1", "T: {float, bfloat16}"},
                                          {"tensors: N * T", "limit: float"},
                                          {"norm: float", "scale: float"}}};
const Register<ProcessorOp> processor{
    {"GraftProcessor", {"version: int = 1"}, {"select: int32"}, {"state: int32"}}};

}  // namespace
}  // namespace graft
