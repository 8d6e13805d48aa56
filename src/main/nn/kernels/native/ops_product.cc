// flags: -O2
// Matrix products in float32.
#include <algorithm>
#include <utility>

#include "cpu.h"
#include "parallel.h"
#include "tf_op.h"

namespace graft {
namespace {

/// A matrix as one side of a product: its rows or columns, and how many products they are summed over.
struct Side {
  int64_t size, inner;
  Operand operand;
};

Side side(const View& matrix, bool inner_first) {
  require(matrix.shape.size() == 2, "a product is of matrices");
  const int64_t rows = matrix.shape[0], cols = matrix.shape[1];
  return inner_first ? Side{cols, rows, {matrix.f32(), 1, cols}}
                     : Side{rows, cols, {matrix.f32(), cols, 1}};
}

/// So many tiles that every thread gets some tasks, and that their sums fit the second cache.
int64_t tiles_per_task(const ProductShape& shape) {
  constexpr int64_t most_rows = 1024, tasks_a_thread = 4, least_tiles = 8;
  const int64_t most = most_rows / shape.tile_rows;
  const int64_t wanted = tasks_a_thread * thread_count() / shape.panels;
  const int64_t chunks =
      std::max((shape.tiles + most - 1) / most, std::min(wanted, shape.tiles / least_tiles));
  return chunks <= 1 ? shape.tiles : (shape.tiles + chunks - 1) / chunks;
}

/// GraftProduct: a [m, k] or [k, m], b [k, n] or [n, k] -> a b [m, n], all float32. An element is
/// summed in the order of k whatever the number of threads.
struct ProductOp {
  bool turn_a, turn_b;
  explicit ProductOp(Attributes& attributes)
      : turn_a(attributes.flag("transpose_a")), turn_b(attributes.flag("transpose_b")) {}

  void compute(Call& call) const {
    Side a = side(call.input(0), turn_a), b = side(call.input(1), !turn_b);
    require(a.inner == b.inner, "both matrices must agree in what is summed over");
    const View out = call.output(0, {a.size, b.size});
    if (out.empty() || a.inner == 0) {
      std::fill_n(out.f32(), out.size, 0.0f);
      return;
    }
    int64_t out_row = b.size, out_col = 1;
    if (a.size > b.size) {  // The smaller one is packed, the other one is read a panel at a time.
      std::swap(a, b);
      std::swap(out_row, out_col);
    }
    const Table& table = kernels();
    const ProductShape shape = table.product_shape(a.size, b.size);
    float* packed = shared_scratch(shape.tiles * shape.tile_rows * a.inner);
    const ProductArgs args{a.size,    b.size,    a.inner, a.operand, b.operand,
                           out.f32(), out_row,   out_col, packed};
    const int64_t chunks = std::min<int64_t>(shape.strips, 4 * thread_count());
    parallel(chunks, [&](int64_t i) {
      table.product_pack(args, part(shape.strips, chunks, i), part(shape.strips, chunks, i + 1));
    });
    const int64_t tiles = tiles_per_task(shape);
    const int64_t tasks = (shape.tiles + tiles - 1) / tiles;
    const int64_t floats = shape.panel_scratch + tiles * shape.tile_scratch;
    parallel(shape.panels * tasks, [&](int64_t i) {
      const int64_t begin = i % tasks * tiles;
      table.product_panel(args, i / tasks, begin, std::min(begin + tiles, shape.tiles),
                          scratch(floats));
    });
  }
};

const Register<ProductOp> product({"GraftProduct", {"transpose_a: bool", "transpose_b: bool"},
                                   {"a: float", "b: float"}, {"product: float"}});

}  // namespace
}  // namespace graft
