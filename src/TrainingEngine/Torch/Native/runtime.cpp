// Errors, threads, devices, and generators of random numbers.
#include "binding.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <mutex>
#include <torch/cuda.h>
#include <torch/version.h>

namespace labeler {

static thread_local std::string last_error;

void set_error(const std::string& message) { last_error = message; }

// libtorch's own message without the C++ stack that it appends.
std::string message_of(const std::exception& error) {
  auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  return torch_error ? torch_error->what_without_backtrace() : error.what();
}

}  // namespace labeler

using namespace labeler;

LABELER_API const char* labeler_torch_error() { return last_error.c_str(); }

LABELER_API const char* labeler_torch_version() { return TORCH_VERSION; }

LABELER_API int32_t labeler_torch_threads() { return at::get_num_threads(); }

LABELER_API int32_t labeler_torch_set_threads(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

LABELER_API int32_t labeler_torch_cuda_devices() {
  int32_t count = 0;
  guarded([&] { count = static_cast<int32_t>(torch::cuda::device_count()); });
  return count;
}

LABELER_API int32_t labeler_torch_cuda_synchronize(int32_t index) {
  return guarded([&] { torch::cuda::synchronize(index); });
}

LABELER_API int32_t labeler_torch_seed_all(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

// A generator handle is an owned at::Generator*. `fresh` asks for one of its own, else the device's shared one.
LABELER_API int32_t labeler_torch_generator(int64_t device, int32_t fresh, at::Generator** out) {
  return guarded([&] {
    auto place = to_device(device);
    if (fresh && place.is_cpu()) {
      *out = new at::Generator(at::detail::createCPUGenerator());
    } else {
      at::empty({0}, at::TensorOptions().device(place));  // starts the device
      auto& shared = at::globalContext().defaultGenerator(place);
      *out = new at::Generator(fresh ? shared.clone() : shared);
    }
  });
}

LABELER_API void labeler_torch_generator_free(at::Generator* generator) { delete generator; }

LABELER_API int32_t labeler_torch_generator_seed(at::Generator* generator, uint64_t seed) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator->mutex());
    generator->set_current_seed(seed);
  });
}

// Draws a seed from the system's source of randomness, and sets it.
LABELER_API int32_t labeler_torch_generator_reseed(at::Generator* generator, uint64_t* out) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator->mutex());
    *out = generator->seed();
  });
}

LABELER_API int32_t labeler_torch_generator_initial(at::Generator* generator, uint64_t* out) {
  return guarded([&] { *out = generator->current_seed(); });
}

LABELER_API int32_t labeler_torch_generator_state(at::Generator* generator, void** out) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator->mutex());
    *out = release(generator->get_state());
  });
}

LABELER_API int32_t labeler_torch_generator_set_state(at::Generator* generator, void* state) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator->mutex());
    generator->set_state(borrow(state));
  });
}
