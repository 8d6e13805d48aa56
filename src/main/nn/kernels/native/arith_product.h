// Matrix products of operands that lie in the caches. Included after simd.h.

/// C[MR, NV * LANES] = A B: A by two strides, B and C by rows of vectors.
template <int MR, int NV>
INLINE void tile(const float* a, int64_t row, int64_t col, const float* b, int64_t ldb, float* c,
                 int64_t ldc, int64_t k) {
  F acc[MR][NV];
#pragma GCC unroll 16
  for (int m = 0; m < MR; m++)
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++) acc[m][v] = F{};
  for (int64_t p = 0; p < k; p++) {
    F line[NV];
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++) line[v] = load(b + p * ldb + v * LANES);
#pragma GCC unroll 16
    for (int m = 0; m < MR; m++) {
      const float factor = a[m * row + p * col];
#pragma GCC unroll 4
      for (int v = 0; v < NV; v++) acc[m][v] += line[v] * factor;
    }
  }
#pragma GCC unroll 16
  for (int m = 0; m < MR; m++)
#pragma GCC unroll 4
    for (int v = 0; v < NV; v++) store(c + m * ldc + v * LANES, acc[m][v]);
}

/// The last tile overlaps the one before it, so that no rows are left over; it writes the same there.
template <int MR, int NV>
INLINE void panel(const float* a, int64_t row, int64_t col, const float* b, int64_t ldb, float* c,
                  int64_t ldc, int64_t m, int64_t k) {
  if constexpr (MR > 1)
    if (m < MR) return panel<MR / 2, NV>(a, row, col, b, ldb, c, ldc, m, k);
  for (int64_t done = 0; done < m; done += MR) {
    const int64_t i = done + MR <= m ? done : m - MR;
    tile<MR, NV>(a + i * row, row, col, b, ldb, c + i * ldc, ldc, k);
  }
}

/// C[m, n] = A[m, k] B[k, n]; A's element (i, p) is at a[i * row + p * col]; n is a multiple of
/// LANES.
static void product(const float* a, int64_t row, int64_t col, const float* b, int64_t ldb, float* c,
                    int64_t ldc, int64_t m, int64_t n, int64_t k) {
  int64_t j = 0;
#if LANES == 16
  for (; j + 64 <= n; j += 64) panel<6, 4>(a, row, col, b + j, ldb, c + j, ldc, m, k);
  for (; j + 32 <= n; j += 32) panel<12, 2>(a, row, col, b + j, ldb, c + j, ldc, m, k);
  for (; j + 16 <= n; j += 16) panel<12, 1>(a, row, col, b + j, ldb, c + j, ldc, m, k);
#else
  for (; j + 2 * LANES <= n; j += 2 * LANES)
    panel<6, 2>(a, row, col, b + j, ldb, c + j, ldc, m, k);
  for (; j + LANES <= n; j += LANES) panel<6, 1>(a, row, col, b + j, ldb, c + j, ldc, m, k);
#endif
}

INLINE int64_t padded(int64_t n) { return (n + LANES - 1) / LANES * LANES; }
