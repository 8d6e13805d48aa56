// Which form of attention runs for which type. Included after arith_attention*.h.

#ifdef NATIVE_BF16
/// Pairs of bfloat16 must not straddle heads or rows.
INLINE bool pairs_fit(const AttentionArgs& a) {
  return a.type == Type::bf16 && a.depth % 2 == 0 && a.stride % 2 == 0 &&
         a.context_stride % 2 == 0;
}
#endif

static int64_t attention_scratch(int64_t length, int64_t depth, bool backward) {
  const int64_t floats = float_scratch(length, depth, backward);
#ifdef NATIVE_BF16
  const int64_t pairs = pair_scratch(length, depth, backward);
  return floats > pairs ? floats : pairs;
#else
  return floats;
#endif
}

static void attention_forward(const AttentionArgs& a) {
#ifdef NATIVE_BF16
  if (pairs_fit(a)) return attention_forward_pairs(a);
#endif
  if (a.type == Type::bf16)
    attention_forward_of<bf16>(a);
  else
    attention_forward_of<float>(a);
}

static void attention_backward(const AttentionArgs& a) {
#ifdef NATIVE_BF16
  if (pairs_fit(a)) return attention_backward_pairs(a);
#endif
  if (a.type == Type::bf16)
    attention_backward_of<bf16>(a);
  else
    attention_backward_of<float>(a);
}
