// flags: -O2
// Attention over segments of rows, one (segment, group of heads) a task.
#include <algorithm>
#include <cstring>
#include <vector>

#include "cpu.h"
#include "parallel.h"
#include "tf_op.h"

namespace graft {
namespace {

using Shape = std::vector<int64_t>;

/// q, k, v as [rows, H] each; or q as [rows, 3H], q, k, v side by side, with empty k and v; or k as
/// [rows, 2H], k and v side by side, with empty v and the queries of some rows alone, `places`,
/// q [places, H]: ascending rows of k.
/// segments int32 [S, 2]: first row and length of each sequence; they must not overlap. A row
/// outside every segment (padding) gets a context and gradients of zero.
struct Heads {
  bool joined, picked;
  int64_t queries, rows, width;
  AttentionArgs args{};

  Heads(const View& q, const View& k, const View& v, const View& places, int64_t heads,
        bool causal, const Drop& drop) {
    require(q.shape.size() == 2, "q must be [rows, width]");
    joined = k.empty() && v.empty();
    picked = !k.empty() && v.empty();
    queries = q.shape[0];
    rows = picked ? k.shape[0] : queries;
    width = joined ? q.shape[1] / 3 : q.shape[1];
    require(!joined || q.shape[1] % 3 == 0, "joined q, k, v must be [rows, 3 * width]");
    require(!picked || k.shape == Shape{rows, 2 * width},
            "joined k and v must be [rows, 2 * width]");
    require(joined || picked || (k.shape == q.shape && v.shape == q.shape),
            "q, k and v must be alike");
    require(places.size == (picked ? queries : 0), "places must be of the rows of q");
    if (picked) check_places(places);
    require(heads > 0 && width > 0 && width % heads == 0,
            "the width must be a multiple of the heads");
    args.type = q.type;
    args.q = q.data;
    args.k = joined ? at(q, width) : k.data;
    args.v = joined ? at(q, 2 * width) : picked ? at(k, width) : v.data;
    args.places = picked ? places.i32() : nullptr;
    args.depth = width / heads;
    args.q_stride = q.shape[1];
    args.stride = picked ? 2 * width : q.shape[1];
    args.context_stride = width;
    args.heads = heads;
    args.rows = rows;
    args.scale = 1.0f / __builtin_sqrtf(static_cast<float>(args.depth));
    args.causal = causal;
    args.drop = drop;
  }

  int64_t element() const { return args.type == Type::bf16 ? 2 : 4; }
  void* at(const View& view, int64_t column) const {
    return static_cast<char*>(view.data) + column * element();
  }

  void check_places(const View& places) const {
    for (int64_t i = 0; i < queries; i++) {
      const int64_t place = places.i32()[i];
      require(place >= (i ? places.i32()[i - 1] : 0) && place < rows,
              "places must be ascending rows of k");
    }
  }

  /// Calls visit(arguments) for every task: all heads of a segment, or fewer where there are not
  /// enough segments.
  template <class Visit>
  void for_each_task(const View& segments, Visit&& visit) const {
    const int64_t count = segments.size / 2, wanted = 4 * thread_count();
    int64_t groups = 1;
    while (count * groups < wanted && groups < args.heads) groups++;
    parallel(count * groups, [&](int64_t task) {
      const int32_t* segment = segments.i32() + task / groups * 2;
      if (segment[1] == 0) return;
      AttentionArgs own = args;
      own.first = segment[0];
      own.length = segment[1];
      own.first_query = query_from(segment[0]);
      own.queries = query_from(segment[0] + segment[1]) - own.first_query;
      own.begin = args.heads * (task % groups) / groups;
      own.end = args.heads * (task % groups + 1) / groups;
      visit(own);
    });
  }

  /// The first query that stands at this row or behind it.
  int64_t query_from(int64_t row) const {
    if (!picked) return row;
    return std::lower_bound(args.places, args.places + queries, row) - args.places;
  }
};

int64_t check_segments(const View& segments, int64_t rows) {
  require(segments.size % 2 == 0, "segments must be [S, 2]");
  int64_t covered = 0;
  for (int64_t s = 0; s < segments.size / 2; s++) {
    const int64_t first = segments.i32()[2 * s], length = segments.i32()[2 * s + 1];
    require(first >= 0 && length >= 0 && first + length <= rows, "a segment leaves the rows");
    covered += length;
  }
  return covered;
}

void clear(const View& view, int64_t element) {
  std::memset(view.data, 0, static_cast<size_t>(view.size * element));
}

/// GraftAttention: q, k, v T, segments int32 [S, 2], places int32, key -> context T [queries, H],
/// logsumexp float [queries, heads] of the scaled scores.
struct AttentionOp {
  int64_t heads;
  bool causal;
  float rate;
  explicit AttentionOp(Attributes& attributes)
      : heads(attributes.integer("heads")),
        causal(attributes.flag("causal")),
        rate(attributes.real("rate")) {}

  void compute(Call& call) const {
    const View q = call.input(0), k = call.input(1), v = call.input(2), segments = call.input(3),
               places = call.input(4);
    Heads shape(q, k, v, places, heads, causal, dropout_of(rate, call.input(5)));
    const int64_t covered = check_segments(segments, shape.rows);
    const View context = call.output(0, {shape.queries, shape.width}, data_type(q.type)),
               logsumexp = call.output(1, {shape.queries, heads});
    if (covered < shape.rows) {
      clear(context, shape.element());
      clear(logsumexp, 4);
    }
    const Table& table = kernels();
    shape.args.context = context.data;
    shape.args.logsumexp = logsumexp.f32();
    shape.for_each_task(segments, [&](AttentionArgs& args) {
      args.scratch = scratch(table.attention_scratch(args, false));
      table.attention_forward(args);
    });
  }
};

/// GraftAttentionGrad: dcontext, q, k, v, logsumexp, segments, places, key -> dq, dk, dv, joined or
/// empty as the inputs are.
struct AttentionGradOp {
  int64_t heads;
  bool causal;
  float rate;
  explicit AttentionGradOp(Attributes& attributes)
      : heads(attributes.integer("heads")),
        causal(attributes.flag("causal")),
        rate(attributes.real("rate")) {}

  void compute(Call& call) const {
    const View dcontext = call.input(0), q = call.input(1), k = call.input(2), v = call.input(3),
               logsumexp = call.input(4), segments = call.input(5),
               places = call.input(6);
    Heads shape(q, k, v, places, heads, causal, dropout_of(rate, call.input(7)));
    require(dcontext.size == shape.queries * shape.width, "dcontext must be [queries, width]");
    require(logsumexp.size == shape.queries * heads, "logsumexp must be [queries, heads]");
    const int64_t covered = check_segments(segments, shape.rows);
    const View dq = call.output_like(0, q), dk = call.output_like(1, k),
               dv = call.output_like(2, v);
    if (covered < shape.rows)
      for (const View* view : {&dq, &dk, &dv}) clear(*view, shape.element());
    const Table& table = kernels();
    shape.args.logsumexp = logsumexp.f32();
    shape.args.dcontext = dcontext.data;
    shape.args.dq = dq.data;
    shape.args.dk = shape.joined ? shape.at(dq, shape.width) : dk.data;
    shape.args.dv = shape.joined   ? shape.at(dq, 2 * shape.width)
                    : shape.picked ? shape.at(dk, shape.width)
                                   : dv.data;
    shape.for_each_task(segments, [&](AttentionArgs& args) {
      args.scratch = scratch(table.attention_scratch(args, true));
      table.attention_backward(args);
    });
  }
};

const Register<AttentionOp> attention{
    {"GraftAttention",
     {"T: {float, bfloat16}", "heads: int", "causal: bool", "rate: float"},
     {"q: T", "k: T", "v: T", "segments: int32", "places: int32", "key: int32"},
     {"context: T", "logsumexp: float"}}};
const Register<AttentionGradOp> attention_grad{
    {"GraftAttentionGrad",
     {"T: {float, bfloat16}", "heads: int", "causal: bool", "rate: float"},
     {"dcontext: T", "q: T", "k: T", "v: T", "logsumexp: float", "segments: int32",
      "places: int32", "key: int32"},
     {"dq: T", "dk: T", "dv: T"}}};

}  // namespace
}  // namespace graft
