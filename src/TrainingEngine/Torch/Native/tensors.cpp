// Tensor handles: what they hold, where their data lies, and their end.
#include "binding.h"

#include <cstring>

using namespace labeler;

// Sizes and strides point into the tensor and live as long as its shape.
struct Description {
  const int64_t* sizes;
  const int64_t* strides;
  int64_t elements;
  int64_t element_size;
  int64_t storage_offset;
  int32_t dimensions;
  int32_t type;
  int32_t device_type;
  int32_t device_index;
};

LABELER_API void labeler_torch_free(void* handle) {
  TensorPointer::reclaim(static_cast<c10::TensorImpl*>(handle));
}

LABELER_API int32_t labeler_torch_describe(void* handle, Description* out) {
  return guarded([&] {
    auto* impl = static_cast<c10::TensorImpl*>(handle);
    auto device = impl->device();
    *out = {impl->sizes().data(),
            impl->layout() == c10::kStrided ? impl->strides().data() : nullptr,
            impl->numel(),
            static_cast<int64_t>(impl->dtype().itemsize()),
            impl->layout() == c10::kStrided ? impl->storage_offset() : 0,
            static_cast<int32_t>(impl->dim()),
            static_cast<int32_t>(c10::typeMetaToScalarType(impl->dtype())),
            static_cast<int32_t>(device.type()),
            static_cast<int32_t>(device.index())};
  });
}

// The address of the first element; on the tensor's own device.
LABELER_API int32_t labeler_torch_data(void* handle, void** out) {
  return guarded([&] { *out = borrow(handle).data_ptr(); });
}

LABELER_API int32_t labeler_torch_is_contiguous(void* handle) {
  return static_cast<c10::TensorImpl*>(handle)->is_contiguous();
}

// Copies elements of `type` from memory into a new tensor on the CPU.
LABELER_API int32_t labeler_torch_from_memory(const void* data, const int64_t* sizes, int32_t dimensions, int32_t type,
                                              void** out) {
  return guarded([&] {
    auto tensor = at::empty(at::IntArrayRef(sizes, dimensions), at::TensorOptions().dtype(static_cast<at::ScalarType>(type)));
    if (tensor.nbytes() > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
    *out = release(std::move(tensor));
  });
}
