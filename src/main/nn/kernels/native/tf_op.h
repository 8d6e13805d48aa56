// A thin, exception-safe face of TensorFlow's C interface for kernels: tensors are released at the
// end of the call, failures become a status.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "kernels.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace graft {

/// Thrown inside a kernel; reported to TensorFlow as INVALID_ARGUMENT with this text.
struct Failure {
  std::string message;
};

/// Attributes of an op while its kernel is made.
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* ctx) : ctx_(ctx), status_(TF_NewStatus()) {}
  ~Attributes() { TF_DeleteStatus(status_); }
  Attributes(const Attributes&) = delete;
  int64_t integer(const char* name);
  float real(const char* name);
  bool flag(const char* name);

 private:
  void check(const char* name);
  TF_OpKernelConstruction* ctx_;
  TF_Status* status_;
};

/// A tensor of the running call.
struct View {
  void* data = nullptr;
  Type type = Type::f32;
  std::vector<int64_t> shape;
  int64_t size = 0;

  bool empty() const { return size == 0; }
  float* f32() const { return static_cast<float*>(data); }
  int32_t* i32() const { return static_cast<int32_t*>(data); }
  /// Null where the tensor has no elements: how an optional input is left out.
  float* optional() const { return empty() ? nullptr : f32(); }
  int64_t cols() const { return shape.empty() ? 1 : shape.back(); }
  int64_t rows() const { return cols() == 0 ? 0 : size / cols(); }
  Ref ref() const { return {data, type}; }
};

/// Inputs and outputs of one execution.
class Call {
 public:
  explicit Call(TF_OpKernelContext* ctx) : ctx_(ctx), status_(TF_NewStatus()) {}
  ~Call();
  Call(const Call&) = delete;
  View input(int index);
  View output(int index, const std::vector<int64_t>& shape, TF_DataType type = TF_FLOAT);
  /// An output of the same shape and type as `like`.
  View output_like(int index, const View& like);

 private:
  View hold(TF_Tensor* tensor);
  void check();
  TF_OpKernelContext* ctx_;
  TF_Status* status_;
  std::vector<TF_Tensor*> held_;
};

void require(bool condition, const char* message);

inline TF_DataType data_type(Type type) { return type == Type::bf16 ? TF_BFLOAT16 : TF_FLOAT; }

/// Dropout of (rate, key); key is int32 [4]: seed (low, high half), step, layer. An empty key or a
/// rate of zero switches it off.
Drop dropout_of(float rate, const View& key);

/// How many chunks a loop over `rows` is cut into: a function of the sizes only, so that sums over
/// chunks do not depend on the number of threads.
int64_t chunks_of(int64_t rows, int64_t cols);

/// Where chunk `index` of `chunks` begins among `total`; it ends where the next one begins.
inline int64_t part(int64_t total, int64_t chunks, int64_t index) { return total * index / chunks; }

/// Sums partial[chunks, size] over the chunks, in order, into total[size].
void sum_chunks(const float* partial, int64_t chunks, int64_t size, float* total);

struct Signature {
  const char* name;
  std::vector<const char*> attributes, inputs, outputs;
};

void define_op(const Signature& signature, void* (*create)(TF_OpKernelConstruction*),
               void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void fail_construction(TF_OpKernelConstruction* ctx, const char* message);
void fail_call(TF_OpKernelContext* ctx, const char* message);

/// Registers op and CPU kernel at load. Kernel has a constructor from Attributes& and
/// `void compute(Call&) const`.
template <class Kernel>
struct Register {
  explicit Register(const Signature& signature) {
    define_op(
        signature,
        [](TF_OpKernelConstruction* ctx) -> void* {
          try {
            Attributes attributes(ctx);
            return new Kernel(attributes);
          } catch (const Failure& failure) {
            fail_construction(ctx, failure.message.c_str());
          } catch (...) {
            fail_construction(ctx, "out of memory");
          }
          return nullptr;
        },
        [](void* kernel, TF_OpKernelContext* ctx) {
          try {
            Call call(ctx);
            static_cast<const Kernel*>(kernel)->compute(call);
          } catch (const Failure& failure) {
            fail_call(ctx, failure.message.c_str());
          } catch (...) {
            fail_call(ctx, "out of memory");
          }
        },
        [](void* kernel) { delete static_cast<Kernel*>(kernel); });
  }
};

}  // namespace graft
