#include "tests/proto/filled_message.h"

namespace skein::codec {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

class Filler {
 public:
  explicit Filler(const TextFor& text_for) : text_for_(text_for) {}

  void Fill(Message* message) {
    const auto& descriptor = *message->GetDescriptor();
    for (int k = 0; k < descriptor.field_count(); ++k) {
      const FieldDescriptor* field = descriptor.field(k);
      const int count = field->is_repeated() ? 2 : 1;
      for (int n = 0; n < count; ++n) FillOne(message, field);
    }
  }

 private:
  void FillOne(Message* message, const FieldDescriptor* field) {
    const Reflection& set = *message->GetReflection();
    const bool add = field->is_repeated();
    ++counter_;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        add ? set.AddInt32(message, field, counter_) : set.SetInt32(message, field, counter_);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        add ? set.AddInt64(message, field, counter_) : set.SetInt64(message, field, counter_);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        const double value = counter_ / 3.0;  // no short decimal form
        add ? set.AddDouble(message, field, value) : set.SetDouble(message, field, value);
        break;
      }
      case FieldDescriptor::CPPTYPE_BOOL: set.SetBool(message, field, true); break;
      case FieldDescriptor::CPPTYPE_ENUM: set.SetEnumValue(message, field, 1); break;
      case FieldDescriptor::CPPTYPE_STRING: set.SetString(message, field, text_for_(*field)); break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(add ? set.AddMessage(message, field) : set.MutableMessage(message, field));
        break;
      default: break;
    }
  }

  const TextFor& text_for_;
  int counter_ = 0;
};

void CollectUnset(const Message& message, const std::string& prefix,
                  std::vector<std::string>* unset) {
  const auto& descriptor = *message.GetDescriptor();
  const Reflection& get = *message.GetReflection();
  for (int k = 0; k < descriptor.field_count(); ++k) {
    const FieldDescriptor* field = descriptor.field(k);
    const std::string path = prefix + field->name();
    if (field->is_repeated() ? get.FieldSize(message, field) == 0 : !get.HasField(message, field)) {
      unset->push_back(path);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (field->is_repeated())
        CollectUnset(get.GetRepeatedMessage(message, field, 0), path + ".", unset);
      else
        CollectUnset(get.GetMessage(message, field), path + ".", unset);
    }
  }
}

}  // namespace

void Fill(const TextFor& text_for, Message* message) { Filler(text_for).Fill(message); }

std::vector<std::string> UnsetFields(const Message& message) {
  std::vector<std::string> unset;
  CollectUnset(message, "", &unset);
  return unset;
}

Names SmallNames() {
  Scenario scenario;
  for (const char* name : {"SFO", "OAK", "SJC"}) {
    scenario.vertiports.emplace_back();
    scenario.vertiports.back().name = name;
  }
  for (const char* name : {"N01", "N02"}) {
    scenario.aircraft.emplace_back();
    scenario.aircraft.back().name = name;
  }
  return Names(scenario);
}

}  // namespace skein::codec
