// Calls any libtorch operator by its name, boxed, through the dispatcher: autograd, autocast and devices
// are the dispatcher's business, and an operator costs no line here.
#include "binding.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/jit_type.h>
#include <cstdlib>
#include <sstream>

namespace labeler {

// libtorch's optional: its own until 2.1, std::optional after that. A schema's default tells which.
template <class>
struct OptionalOf;
template <template <class> class Optional, class Value>
struct OptionalOf<Optional<Value>> {
  template <class Other>
  using To = Optional<Other>;
};
using OptionalValue = std::decay_t<decltype(std::declval<const c10::Argument&>().default_value())>;
using OptionalTensor = OptionalOf<OptionalValue>::To<at::Tensor>;

struct Operator {
  c10::OperatorHandle handle;
  std::string name;
  std::vector<char> wants_double;
  std::vector<OptionalValue> defaults;
};

std::vector<at::Tensor> borrow_all(void* const* handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

c10::Device to_device(int64_t bits) {
  return c10::Device(static_cast<c10::DeviceType>(static_cast<int32_t>(bits)),
                     static_cast<c10::DeviceIndex>(bits >> 32));
}

c10::IValue to_ivalue(const Value& value) {
  switch (value.tag) {
    case Tag::Tensor: return c10::IValue(borrow(value.pointer));
    case Tag::Tensors: {
      c10::List<at::Tensor> list;
      list.reserve(value.count);
      for (int32_t i = 0; i < value.count; i++) list.push_back(borrow(static_cast<void**>(value.pointer)[i]));
      return c10::IValue(std::move(list));
    }
    case Tag::OptionalTensors: {
      c10::List<OptionalTensor> list;
      list.reserve(value.count);
      for (int32_t i = 0; i < value.count; i++) {
        auto* handle = static_cast<void**>(value.pointer)[i];
        list.push_back(handle ? OptionalTensor(borrow(handle)) : OptionalTensor());
      }
      return c10::IValue(std::move(list));
    }
    case Tag::Int: return c10::IValue(value.integer);
    case Tag::Ints: return c10::IValue(c10::IntArrayRef(static_cast<int64_t*>(value.pointer), value.count));
    case Tag::Double: return c10::IValue(value.real);
    case Tag::Doubles: return c10::IValue(c10::ArrayRef<double>(static_cast<double*>(value.pointer), value.count));
    case Tag::Bool: return c10::IValue(value.integer != 0);
    case Tag::String: return c10::IValue(std::string(static_cast<char*>(value.pointer), value.count));
    case Tag::Device: return c10::IValue(to_device(value.integer));
    case Tag::Generator: return c10::IValue(*static_cast<at::Generator*>(value.pointer));
    default: return c10::IValue();
  }
}

static void append(c10::IValue& result, Value& out) {
  out.count = 1;
  if (result.isTensor()) {
    out.pointer = release(std::move(result).toTensor());
    out.tag = out.pointer ? Tag::Tensor : Tag::None;
  } else if (result.isTensorList()) {
    auto list = result.toTensorVector();
    auto** handles = static_cast<void**>(std::malloc(sizeof(void*) * (list.size() + 1)));
    TORCH_CHECK(handles, "out of memory");
    for (size_t i = 0; i < list.size(); i++) handles[i] = release(std::move(list[i]));
    out = {Tag::Tensors, static_cast<int32_t>(list.size()), {}};
    out.pointer = handles;
  } else if (result.isInt()) {
    out.tag = Tag::Int;
    out.integer = result.toInt();
  } else if (result.isDouble()) {
    out.tag = Tag::Double;
    out.real = result.toDouble();
  } else if (result.isBool()) {
    out.tag = Tag::Bool;
    out.integer = result.toBool();
  } else if (result.isNone()) {
    out.tag = Tag::None;
  } else {
    TORCH_CHECK(false, "a result of type ", result.tagKind(), " is not supported");
  }
}

int32_t to_values(std::vector<c10::IValue>& results, Value* out, int32_t capacity) {
  TORCH_CHECK(static_cast<int32_t>(results.size()) <= capacity, results.size(), " results, room for ", capacity);
  int32_t count = 0;
  for (auto& result : results) append(result, out[count++]);
  return count;
}

// "aten::mm([2, 3], [4, 5])": the operator and what it was given, for the error message.
static std::string describe(const Operator& op, const Value* in, int32_t count) {
  std::ostringstream text;
  auto tensor = [&](void* handle) {
    if (!handle) {
      text << "none";
      return;
    }
    auto* impl = static_cast<c10::TensorImpl*>(handle);
    text << impl->sizes();
    auto type = c10::typeMetaToScalarType(impl->dtype());
    if (type != c10::ScalarType::Float) text << " " << type;
    if (!impl->device().is_cpu()) text << " " << impl->device();
  };
  text << op.name << "(";
  for (int32_t i = 0; i < count; i++) {
    const auto& value = in[i];
    if (i) text << ", ";
    switch (value.tag) {
      case Tag::Tensor: tensor(value.pointer); break;
      case Tag::Tensors:
      case Tag::OptionalTensors:
        text << "{";
        for (int32_t j = 0; j < value.count; j++) {
          if (j) text << ", ";
          tensor(static_cast<void**>(value.pointer)[j]);
        }
        text << "}";
        break;
      case Tag::Int: text << value.integer; break;
      case Tag::Double: text << value.real; break;
      case Tag::Bool: text << (value.integer ? "true" : "false"); break;
      case Tag::Ints: text << c10::IntArrayRef(static_cast<int64_t*>(value.pointer), value.count); break;
      case Tag::Doubles: text << c10::ArrayRef<double>(static_cast<double*>(value.pointer), value.count); break;
      case Tag::String: text << '"' << std::string(static_cast<char*>(value.pointer), value.count) << '"'; break;
      case Tag::Device: text << to_device(value.integer); break;
      case Tag::None: text << "none"; break;
      default: text << "default"; break;
    }
  }
  text << ")";
  return text.str();
}

static bool is_double(const c10::TypePtr& type) {
  auto plain = type->cast<c10::OptionalType>() ? type->castRaw<c10::OptionalType>()->getElementType() : type;
  return plain->kind() == c10::TypeKind::FloatType;
}

}  // namespace labeler

using namespace labeler;

// Finds an operator such as "aten::add" with overload "Tensor". The result is never freed: one per operator.
LABELER_API int32_t labeler_torch_operator(const char* name, const char* overload, Operator** out) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "this libtorch has no operator ", name, *overload ? "." : "", overload);
    auto* op = new Operator{*handle, name, {}, {}};
    for (const auto& argument : handle->schema().arguments()) {
      op->wants_double.push_back(is_double(argument.type()));
      op->defaults.push_back(argument.default_value());
    }
    *out = op;
  });
}

// Calls an operator. Arguments beyond `count`, and those tagged Default, take the schema's defaults.
LABELER_API int32_t labeler_torch_call(const Operator* op, const Value* in, int32_t count, Value* out,
                                       int32_t capacity, int32_t* produced) {
  thread_local std::vector<c10::IValue> spare;
  auto stack = std::move(spare);
  auto status = guarded([&] {
    stack.clear();
    TORCH_CHECK(count <= static_cast<int32_t>(op->defaults.size()), count, " arguments given, at most ",
                op->defaults.size(), " taken");
    for (size_t i = 0; i < op->defaults.size(); i++) {
      if (static_cast<int32_t>(i) < count && in[i].tag == Tag::Tensor) {
        stack.emplace_back(borrow(in[i].pointer));
      } else if (static_cast<int32_t>(i) >= count || in[i].tag == Tag::Default) {
        TORCH_CHECK(op->defaults[i].has_value(), "argument ", i, " has no default");
        stack.push_back(*op->defaults[i]);
      } else if (in[i].tag == Tag::Int && op->wants_double[i]) {
        stack.emplace_back(static_cast<double>(in[i].integer));
      } else {
        stack.push_back(to_ivalue(in[i]));
      }
    }
    op->handle.callBoxed(&stack);
    *produced = to_values(stack, out, capacity);
  });
  if (status != 0) {
    guarded([&] { set_error(describe(*op, in, count) + ": " + labeler_torch_error()); });
  }
  stack.clear();
  spare = std::move(stack);
  return status;
}

LABELER_API void labeler_torch_free_list(void* list) { std::free(list); }
