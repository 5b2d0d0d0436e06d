#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

#include "sim/domain/sim_time.h"
#include "sim/domain/status.h"

namespace skein::importer {

// Parses a JSON document. `name` is what errors call the file.
// Errors: INVALID_ARGUMENT with line and column.
absl::StatusOr<nlohmann::json> ParseJson(const std::string& name, const std::string& content);

// The errors of one document, each with the path of its field.
class JsonErrors {
 public:
  explicit JsonErrors(std::string name) : name_(std::move(name)) {}
  void Add(const std::string& path, const std::string& message);
  // OK, or INVALID_ARGUMENT with all of them.
  absl::Status status() const;

 private:
  std::string name_;
  std::vector<std::string> messages_;
};

// Reads the fields of one JSON object. A field that is missing, of the wrong type or out of range
// is an error and reads as a usable value, so that all errors come out together.
class JsonFields {
 public:
  // `value` and `errors` must outlive it.
  JsonFields(const nlohmann::json& value, std::string path, JsonErrors& errors);

  double Number(const char* field, double low, double high);
  int Integer(const char* field, int low, int high);
  bool Bool(const char* field);
  std::string Text(const char* field);
  std::vector<double> Numbers(const char* field, double low, double high);
  // A number of minutes or seconds as a duration, rounded to milliseconds.
  SimDuration Minutes(const char* field, double low, double high);
  SimDuration Seconds(const char* field, double low, double high);
  // An object, and the objects of an array.
  JsonFields Object(const char* field);
  std::vector<JsonFields> Objects(const char* field);
  // Every field that nobody has read is an error. Call it last.
  void Close();

 private:
  // The field, or null with an error if it is missing.
  const nlohmann::json* Find(const char* field);
  std::string PathOf(const std::string& field) const;

  const nlohmann::json* value_;
  std::string path_;
  JsonErrors* errors_;
  std::set<std::string> read_;
};

}  // namespace skein::importer
