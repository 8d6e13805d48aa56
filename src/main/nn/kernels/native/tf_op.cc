// flags: -O3
#include "tf_op.h"

#include <cmath>
#include <cstdio>

#include "parallel.h"

namespace graft {

void require(bool condition, const char* message) {
  if (!condition) throw Failure{message};
}

void Attributes::check(const char* name) {
  if (TF_GetCode(status_) != TF_OK)
    throw Failure{std::string("attribute ") + name + ": " + TF_Message(status_)};
}
int64_t Attributes::integer(const char* name) {
  int64_t value = 0;
  TF_OpKernelConstruction_GetAttrInt64(ctx_, name, &value, status_);
  check(name);
  return value;
}
float Attributes::real(const char* name) {
  float value = 0;
  TF_OpKernelConstruction_GetAttrFloat(ctx_, name, &value, status_);
  check(name);
  return value;
}
bool Attributes::flag(const char* name) {
  TF_Bool value = 0;
  TF_OpKernelConstruction_GetAttrBool(ctx_, name, &value, status_);
  check(name);
  return value != 0;
}

Call::~Call() {
  for (TF_Tensor* tensor : held_) TF_DeleteTensor(tensor);
  TF_DeleteStatus(status_);
}

void Call::check() {
  if (TF_GetCode(status_) != TF_OK) throw Failure{TF_Message(status_)};
}

View Call::hold(TF_Tensor* tensor) {
  check();
  held_.push_back(tensor);
  View view;
  view.data = TF_TensorData(tensor);
  view.type = TF_TensorType(tensor) == TF_BFLOAT16 ? Type::bf16 : Type::f32;
  view.size = TF_TensorElementCount(tensor);
  for (int i = 0; i < TF_NumDims(tensor); i++) view.shape.push_back(TF_Dim(tensor, i));
  return view;
}

View Call::input(int index) {
  TF_Tensor* tensor = nullptr;
  TF_GetInput(ctx_, index, &tensor, status_);
  return hold(tensor);
}

View Call::output(int index, const std::vector<int64_t>& shape, TF_DataType type) {
  size_t bytes = TF_DataTypeSize(type);
  for (const int64_t dim : shape) bytes *= static_cast<size_t>(dim);
  return hold(TF_AllocateOutput(ctx_, index, type, shape.data(), static_cast<int>(shape.size()),
                                bytes, status_));
}

View Call::output_like(int index, const View& like) {
  return output(index, like.shape, data_type(like.type));
}

Drop dropout_of(float rate, const View& key) {
  Drop drop;
  if (rate <= 0.0f || key.empty()) return drop;
  require(rate < 1.0f, "the dropout rate must be below 1");
  require(key.size == 4, "a dropout key has four numbers: seed (2), step, layer");
  for (int i = 0; i < 4; i++) {
    uint64_t z = (drop.key ^ static_cast<uint32_t>(key.i32()[i])) + 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    drop.key = z ^ (z >> 31);
  }
  drop.threshold = static_cast<uint32_t>(std::floor(static_cast<double>(rate) * 4294967296.0));
  drop.scale = static_cast<float>(1.0 / (1.0 - static_cast<double>(rate)));
  return drop;
}

int64_t chunks_of(int64_t rows, int64_t cols) {
  const int64_t least = cols > 0 ? (16384 + cols - 1) / cols : 1;  // rows worth a task
  const int64_t chunks = (rows + least - 1) / least;
  return chunks < 1 ? 1 : chunks > 32 ? 32 : chunks;
}

void sum_chunks(const float* partial, int64_t chunks, int64_t size, float* total) {
  for (int64_t i = 0; i < size; i++) total[i] = partial[i];
  for (int64_t chunk = 1; chunk < chunks; chunk++)
    for (int64_t i = 0; i < size; i++) total[i] += partial[chunk * size + i];
}

void define_op(const Signature& signature, void* (*create)(TF_OpKernelConstruction*),
               void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(signature.name);
  for (const char* text : signature.attributes) TF_OpDefinitionBuilderAddAttr(op, text);
  for (const char* text : signature.inputs) TF_OpDefinitionBuilderAddInput(op, text);
  for (const char* text : signature.outputs) TF_OpDefinitionBuilderAddOutput(op, text);
  TF_OpDefinitionBuilderSetIsStateful(op, true);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel =
        TF_NewKernelBuilder(signature.name, "CPU", create, compute, destroy);
    TF_RegisterKernelBuilder(signature.name, kernel, status);
  }
  if (TF_GetCode(status) != TF_OK)
    std::fprintf(stderr, "graftbench: op %s is not available: %s\n", signature.name,
                 TF_Message(status));
  TF_DeleteStatus(status);
}

void fail_construction(TF_OpKernelConstruction* ctx, const char* message) {
  TF_Status* status = TF_NewStatus();
  TF_SetStatus(status, TF_INVALID_ARGUMENT, message);
  TF_OpKernelConstruction_Failure(ctx, status);
  TF_DeleteStatus(status);
}

void fail_call(TF_OpKernelContext* ctx, const char* message) {
  TF_Status* status = TF_NewStatus();
  TF_SetStatus(status, TF_INVALID_ARGUMENT, message);
  TF_OpKernelContext_Failure(ctx, status);
  TF_DeleteStatus(status);
}

}  // namespace graft
