// TorchScript modules. A module handle is an owned torch::jit::Module*.
#include "binding.h"

#include <torch/script.h>

using namespace labeler;

LABELER_API int32_t labeler_torch_script_load(const char* path, int64_t device, torch::jit::Module** out) {
  return guarded([&] { *out = new torch::jit::Module(torch::jit::load(path, to_device(device))); });
}

LABELER_API void labeler_torch_script_free(torch::jit::Module* module) { delete module; }

// Calls a method; a tuple comes back as its elements.
LABELER_API int32_t labeler_torch_script_call(torch::jit::Module* module, const char* method, const Value* in,
                                              int32_t count, Value* out, int32_t capacity, int32_t* produced) {
  return guarded([&] {
    std::vector<c10::IValue> arguments;
    for (int32_t i = 0; i < count; i++) arguments.push_back(to_ivalue(in[i]));
    auto result = module->get_method(method)(std::move(arguments));
    std::vector<c10::IValue> results;
    if (result.isTuple()) {
      for (const auto& element : result.toTupleRef().elements()) results.push_back(element);
    } else {
      results.push_back(result);
    }
    *produced = to_values(results, out, capacity);
  });
}

LABELER_API void labeler_torch_script_train(torch::jit::Module* module, int32_t on) {
  guarded([&] { module->train(on != 0); });
}

LABELER_API int32_t labeler_torch_script_training(torch::jit::Module* module) {
  int32_t training = 0;
  guarded([&] { training = module->is_training(); });
  return training;
}
