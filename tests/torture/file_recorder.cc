#include "tests/torture/file_recorder.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "sim/domain/check.h"

namespace skein::torture {
namespace {

std::int64_t UnixMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Names and ids have no quotes; what an error says has none after this.
std::string Text(const std::string& text) {
  std::string clean;
  for (const char c : text) clean.push_back(c == '"' || c == '\\' || c < ' ' ? ' ' : c);
  return absl::StrCat("\"", clean, "\"");
}

const char* NameOf(Operation::Outcome outcome) {
  switch (outcome) {
    case Operation::Outcome::kOk: return "ok";
    case Operation::Outcome::kFailed: return "fail";
    case Operation::Outcome::kUnknown: break;
  }
  return "unknown";
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileRecorder>> FileRecorder::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (descriptor < 0) return absl::UnavailableError(path + " cannot be written");
  return std::unique_ptr<FileRecorder>(new FileRecorder(descriptor));
}

FileRecorder::~FileRecorder() { close(descriptor_); }

void FileRecorder::Invoked(const Operation& operation) {
  std::string line = absl::StrCat(
      "{\"event\": \"invoke\", \"ms\": ", UnixMs(), ", \"client\": ", Text(operation.client),
      ", \"operation\": ", operation.number, ", \"network\": ", Text(operation.network),
      ", \"method\": ", Text(MethodOf(operation.request)),
      ", \"requestId\": ", Text(RequestIdOf(operation.request)));
  if (const auto* event = std::get_if<v1::IngestEventRequest>(&operation.request))
    absl::StrAppend(&line, ", \"source\": ", Text(event->item().source()),
                    ", \"sourceSequence\": ", event->item().source_sequence());
  Append(line + "}\n", false);
}

void FileRecorder::Ended(const Operation& operation) {
  Append(absl::StrCat("{\"event\": \"", NameOf(operation.outcome), "\", \"ms\": ", UnixMs(),
                      ", \"client\": ", Text(operation.client),
                      ", \"operation\": ", operation.number, ", \"attempts\": ", operation.attempts,
                      ", \"response\": \"", absl::Base64Escape(operation.response),
                      "\", \"error\": ", Text(operation.failure.ToString()), "}\n"),
         true);
}

void FileRecorder::Append(const std::string& line, bool durable) {
  {
    MutexLock lock(&mutex_);
    const ssize_t written = write(descriptor_, line.data(), line.size());
    SKEIN_CHECK(written == static_cast<ssize_t>(line.size()), "the journal cannot be written");
  }
  if (durable) SKEIN_CHECK(fdatasync(descriptor_) == 0, "the journal cannot be synchronised");
}

}  // namespace skein::torture
