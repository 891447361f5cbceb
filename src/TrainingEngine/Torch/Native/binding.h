// The C interface between the engine and libtorch.
//
// Every function that can fail returns 0 on success and 1 on failure; labeler_torch_error() then holds the
// calling thread's message. No exception leaves this library. A tensor handle is one owned reference to a
// c10::TensorImpl: handles given in are borrowed, handles given out belong to the caller, who ends them
// with labeler_torch_free.
#pragma once
#include <ATen/ATen.h>
#include <cstdint>
#include <exception>
#include <string>

#define LABELER_API extern "C" __attribute__((visibility("default")))

// The message of the calling thread's last failure; valid until its next one.
LABELER_API const char* labeler_torch_error();

namespace labeler {

enum class Tag : int32_t {
  Default = 0,  // the schema's default value
  None = 1,
  Tensor = 2,
  Tensors = 3,
  OptionalTensors = 4,
  Int = 5,
  Ints = 6,
  Double = 7,
  Doubles = 8,
  Bool = 9,
  String = 10,
  Device = 11,  // type in the low half, index in the high half
  Generator = 12,
};

// One argument or result. Lists point to `count` elements; a list given out is freed with labeler_torch_free_list.
struct Value {
  Tag tag;
  int32_t count;
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};

using TensorPointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

// A second reference to the tensor behind a borrowed handle.
inline at::Tensor borrow(void* handle) {
  return handle ? at::Tensor(TensorPointer::reclaim_copy(static_cast<c10::TensorImpl*>(handle))) : at::Tensor();
}

// Hands a reference to the caller; an undefined tensor is null.
inline void* release(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

std::vector<at::Tensor> borrow_all(void* const* handles, int32_t count);

c10::IValue to_ivalue(const Value& value);
int32_t to_values(std::vector<c10::IValue>& results, Value* out, int32_t capacity);

c10::Device to_device(int64_t bits);

void set_error(const std::string& message);
std::string message_of(const std::exception& error);

// Runs the body; an exception becomes the thread's error message and status 1.
template <class Body>
int32_t guarded(Body&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const std::exception& error) {
    set_error(message_of(error));
  } catch (...) {
    set_error("libtorch threw something that is not an exception");
  }
  return 1;
}

}  // namespace labeler
