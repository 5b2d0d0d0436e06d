#pragma once

#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

#include "proto/codec/names.h"

namespace skein::codec {

// Gives a text to a field of type string or bytes.
using TextFor = std::function<std::string(const google::protobuf::FieldDescriptor& field)>;

// Sets every field of `message` and of the messages in it to a value of its own that is not the
// default; repeated fields get two. Of a oneof the last field is set.
void Fill(const TextFor& text_for, google::protobuf::Message* message);

// Paths of the fields that have their default value, below `message`; an unset oneof field or
// message is reported, the fields in it are not.
std::vector<std::string> UnsetFields(const google::protobuf::Message& message);

// Vertiports SFO, OAK, SJC; aircraft N01, N02.
Names SmallNames();

}  // namespace skein::codec
