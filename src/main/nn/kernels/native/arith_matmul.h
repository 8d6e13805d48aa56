// Matrix products of operands that do not lie in the caches, after Goto and van de Geijn, "Anatomy of
// high-performance matrix multiplication" (2008): a block of a panel of b stays in the first cache, the
// panel's sums in the second, and packed a streams by. Included after simd.h.

/// The sums of a tile stay in registers: 24 of 32, or 12 of 16.
#if LANES == 16
constexpr int tile_rows = 8, tile_vectors = 3;
constexpr int64_t block_depth = 192;
#else
constexpr int tile_rows = 4, tile_vectors = 3;
constexpr int64_t block_depth = 256;
#endif
constexpr int64_t panel_width = tile_vectors * LANES;

INLINE int64_t tiles_of(int64_t m) { return (m + tile_rows - 1) / tile_rows; }
INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/// to[tile_rows, NV * LANES] = from + a b over `depth` products; a and b packed, `from` (as `to` lies
/// among the sums) or null.
template <int NV>
INLINE void add_tile(const float* a, const float* b, int64_t depth, const float* from, float* to,
                     int64_t ld) {
  F acc[tile_rows][NV];
#pragma GCC unroll 8
  for (int m = 0; m < tile_rows; m++)
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++) {
      acc[m][v] = F{};
      __builtin_prefetch(to + m * ld + v * LANES, 1);
    }
#pragma GCC unroll 4
  for (int64_t p = 0; p < depth; p++) {
    F line[NV];
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++) line[v] = load(b + (p * NV + v) * LANES);
#pragma GCC unroll 8
    for (int m = 0; m < tile_rows; m++) {
      const float factor = a[p * tile_rows + m];
#pragma GCC unroll 4
      for (int v = 0; v < NV; v++) acc[m][v] += line[v] * factor;
    }
  }
#pragma GCC unroll 8
  for (int m = 0; m < tile_rows; m++)
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++) {
      const F before = from ? load(from + (m * NV + v) * LANES) : F{};
      store(to + m * ld + v * LANES, before + acc[m][v]);
    }
}

/// Columns [first, first + width) of b over [begin, begin + depth) to block[depth, vectors * LANES],
/// zero beyond the width.
static void pack_columns(const Operand& b, int64_t first, int64_t width, int64_t vectors,
                         int64_t begin, int64_t depth, float* block) {
  const int64_t line = vectors * LANES;
  const float* from = b.data + first * b.outer + begin * b.inner;
  if (b.outer == 1) {
    for (int64_t p = 0; p < depth; p++)
      for (int64_t c = 0; c < line; c += LANES)
        store(block + p * line + c, load_upto(from + p * b.inner + c, width - c));
    return;
  }
  for (int64_t c = 0; c < line; c += LANES)
    for (int64_t p = 0; p < depth; p += LANES) {
      U square[LANES];
      for (int64_t i = 0; i < LANES; i++)
        square[i] = c + i < width ? as_u(load_upto(from + (c + i) * b.outer + p, depth - p)) : U{};
      transpose_square(square);
      for (int64_t i = 0; i < LANES && p + i < depth; i++)
        store(block + (p + i) * line + c, as_f(square[i]));
    }
}

/// Asks for a share, part of parts, of the lines of [first, first + width) over [begin, begin + depth).
template <bool write>
static void fetch(const Operand& b, int64_t first, int64_t width, int64_t begin, int64_t depth,
                  int64_t part, int64_t parts) {
  const float* from = b.data + first * b.outer + begin * b.inner;
  const bool across = b.outer == 1;
  const int64_t lines = across ? depth : width, length = across ? width : depth;
  const int64_t stride = across ? b.inner : b.outer;
  for (int64_t l = lines * part / parts; l < lines * (part + 1) / parts; l++)
    for (int64_t e = 0; e < length; e += 16)
      __builtin_prefetch(from + l * stride + e, write, write ? 3 : 2);
}

/// Rows of a from `row` on, as many as there are up to LANES, and as many products from `begin` on: to
/// the tiles that `to` begins with, `tile` floats apart.
static void pack_square(const Operand& a, int64_t row, int64_t rows, int64_t begin, int64_t depth,
                        float* to, int64_t tile) {
  const float* from = a.data + row * a.outer + begin * a.inner;
  U square[LANES];
  if (a.outer == 1) {
    for (int64_t i = 0; i < LANES && i < depth; i++)
      square[i] = as_u(load_upto(from + i * a.inner, rows));
  } else {
    for (int64_t i = 0; i < LANES; i++)
      square[i] = i < rows ? as_u(load_upto(from + i * a.outer, depth)) : U{};
    transpose_square(square);
  }
  for (int64_t i = 0; i < LANES && i < depth; i++)
#pragma GCC unroll 4
    for (int t = 0; t < LANES / tile_rows; t++)
      if (t * tile_rows < rows)
        __builtin_memcpy(to + t * tile + i * tile_rows,
                         reinterpret_cast<const float*>(&square[i]) + t * tile_rows,
                         tile_rows * sizeof(float));
}

/// Packs strips [begin, end) of a, LANES rows each: for each block of the depth, each tile's factors
/// one product after the other.
static void product_pack(const ProductArgs& args, int64_t begin, int64_t end) {
  const int64_t padded = tiles_of(args.m) * tile_rows, stop = least(end * LANES, args.m);
  for (int64_t first = 0; first < args.k; first += block_depth) {
    const int64_t depth = least(block_depth, args.k - first);
    const auto pack = [&](int64_t row, int64_t at) {
      pack_square(args.a, row, stop - row, first + at, depth - at,
                  args.packed + first * padded + row * depth + at * tile_rows, tile_rows * depth);
    };
    if (args.a.outer == 1)  // Memory is read as it lies.
      for (int64_t at = 0; at < depth; at += LANES)
        for (int64_t row = begin * LANES; row < stop; row += LANES) pack(row, at);
    else
      for (int64_t row = begin * LANES; row < stop; row += LANES)
        for (int64_t at = 0; at < depth; at += LANES) pack(row, at);
  }
}

/// sums[rows, line] to out, row by row or turned.
static void write_sums(const ProductArgs& args, const float* sums, int64_t line, int64_t row,
                       int64_t rows, int64_t column, int64_t width) {
  if (args.out_col == 1) {
    for (int64_t i = 0; i < rows; i++)
      for (int64_t c = 0; c < width; c += LANES)
        store_upto(args.out + (row + i) * args.out_row + column + c, load(sums + i * line + c),
                   width - c);
    return;
  }
  for (int64_t c = 0; c < width; c += LANES)
    for (int64_t i = 0; i < rows; i += LANES) {
      U square[LANES];
      for (int64_t r = 0; r < LANES; r++)
        square[r] = i + r < rows ? as_u(load(sums + (i + r) * line + c)) : U{};
      transpose_square(square);
      for (int64_t r = 0; r < LANES && c + r < width; r++)
        store_upto(args.out + (column + c + r) * args.out_col + row + i, as_f(square[r]), rows - i);
    }
}

template <int NV>
static void panel_of(const ProductArgs& args, int64_t column, int64_t width, int64_t begin,
                     int64_t end, float* scratch) {
  constexpr int64_t line = NV * LANES;
  const int64_t padded = tiles_of(args.m) * tile_rows;
  const bool whole = args.out_col == 1 && width == line;
  const Operand out{args.out, args.out_col, args.out_row};
  const int64_t row = begin * tile_rows, rows = least(end * tile_rows, args.m) - row;
  float *block = scratch, *sums = scratch + block_depth * panel_width;
  for (int64_t first = 0; first < args.k; first += block_depth) {
    const int64_t depth = least(block_depth, args.k - first), next = first + depth;
    pack_columns(args.b, column, width, NV, first, depth, block);
    for (int64_t t = begin; t < end; t++) {
      // What comes next is brought into the second cache meanwhile.
      if (next < args.k) {
        fetch<false>(args.b, column, width, next, least(block_depth, args.k - next), t - begin,
                     end - begin);
      } else {
        if (column + width < args.n)
          fetch<false>(args.b, column + width, least(panel_width, args.n - column - width), 0,
                       least(block_depth, args.k), t - begin, end - begin);
        if (!whole) fetch<true>(out, column, width, row, rows, t - begin, end - begin);
      }
      const float* a = args.packed + first * padded + t * tile_rows * depth;
      float* sum = sums + (t - begin) * tile_rows * line;
      const float* from = first > 0 ? sum : nullptr;
      if (next == args.k && whole && (t + 1) * tile_rows <= args.m)
        add_tile<NV>(a, block, depth, from, args.out + t * tile_rows * args.out_row + column,
                     args.out_row);
      else
        add_tile<NV>(a, block, depth, from, sum, line);
    }
  }
  const int64_t written = whole ? rows / tile_rows * tile_rows : 0;
  write_sums(args, sums + written * line, line, row + written, rows - written, column, width);
}

/// The sums of tiles [begin, end) with the columns of one panel.
static void product_panel(const ProductArgs& args, int64_t panel, int64_t begin, int64_t end,
                          float* scratch) {
  const int64_t column = panel * panel_width, width = least(panel_width, args.n - column);
  switch ((width + LANES - 1) / LANES) {
    case 1: return panel_of<1>(args, column, width, begin, end, scratch);
    case 2: return panel_of<2>(args, column, width, begin, end, scratch);
    default: return panel_of<3>(args, column, width, begin, end, scratch);
  }
}

static ProductShape product_shape(int64_t m, int64_t n) {
  return {(m + LANES - 1) / LANES,    tiles_of(m), (n + panel_width - 1) / panel_width, tile_rows,
          block_depth * panel_width, tile_rows * panel_width};
}
