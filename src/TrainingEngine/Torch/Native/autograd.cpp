// Gradients: what is tracked, and the run of the autograd engine.
#include "binding.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <sstream>

using namespace labeler;

// Runs the engine; an error says of which tensors the gradients were asked for.
template <class Body>
static int32_t differentiate(const char* what, void* const* tensors, int32_t count, Body&& body) {
  if (guarded(body) == 0) return 0;
  guarded([&] {
    std::ostringstream text;
    text << what << "(";
    for (int32_t i = 0; i < count; i++) {
      text << (i ? ", " : "") << static_cast<c10::TensorImpl*>(tensors[i])->sizes();
    }
    text << "): " << labeler_torch_error();
    set_error(text.str());
  });
  return 1;
}

LABELER_API int32_t labeler_torch_requires_grad(void* handle) {
  return static_cast<c10::TensorImpl*>(handle)->requires_grad();
}

LABELER_API int32_t labeler_torch_set_requires_grad(void* handle, int32_t value) {
  return guarded([&] { borrow(handle).set_requires_grad(value != 0); });
}

LABELER_API int32_t labeler_torch_is_leaf(void* handle, int32_t* out) {
  return guarded([&] { *out = borrow(handle).is_leaf(); });
}

LABELER_API int32_t labeler_torch_retain_grad(void* handle) {
  return guarded([&] { borrow(handle).retain_grad(); });
}

// Null where there is no gradient.
LABELER_API int32_t labeler_torch_grad(void* handle, void** out) {
  return guarded([&] { *out = release(borrow(handle).grad()); });
}

LABELER_API int32_t labeler_torch_set_grad(void* handle, void* gradient) {
  return guarded([&] { borrow(handle).mutable_grad() = borrow(gradient); });
}

// Accumulates gradients in the leaves, or in `inputs` alone where there are any.
LABELER_API int32_t labeler_torch_backward(void* const* tensors, int32_t count, void* const* gradients,
                                           int32_t gradient_count, void* const* inputs, int32_t input_count,
                                           int32_t retain, int32_t create) {
  return differentiate("backward", tensors, count, [&] {
    torch::autograd::backward(borrow_all(tensors, count), borrow_all(gradients, gradient_count), retain != 0,
                              create != 0, borrow_all(inputs, input_count));
  });
}

// Writes one handle per input into `out`; null where an input is unused and that is allowed.
LABELER_API int32_t labeler_torch_gradients(void* const* outputs, int32_t count, void* const* inputs,
                                            int32_t input_count, void* const* gradients, int32_t gradient_count,
                                            int32_t retain, int32_t create, int32_t allow_unused, void** out) {
  return differentiate("grad", outputs, count, [&] {
    auto results = torch::autograd::grad(borrow_all(outputs, count), borrow_all(inputs, input_count),
                                         borrow_all(gradients, gradient_count), retain != 0, create != 0,
                                         allow_unused != 0);
    for (size_t i = 0; i < results.size(); i++) out[i] = release(std::move(results[i]));
  });
}

LABELER_API int32_t labeler_torch_grad_enabled() { return c10::GradMode::is_enabled(); }

LABELER_API void labeler_torch_set_grad_enabled(int32_t value) { c10::GradMode::set_enabled(value != 0); }
