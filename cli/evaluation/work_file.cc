#include "cli/evaluation/work_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "proto/codec/json.h"

namespace skein::cli {
namespace {

std::string LineOf(const v1::EvaluationWorkLine& line) { return codec::ToJson(line) + "\n"; }

absl::StatusOr<std::string> ReadAll(int descriptor) {
  std::string content;
  char buffer[1 << 16];
  while (true) {
    const ssize_t n = read(descriptor, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return absl::UnavailableError(std::strerror(errno));
    if (n == 0) return content;
    content.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<WorkFile>> WorkFile::Open(const std::string& path,
                                                         const v1::EvaluationWorkHeader& header) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0)
    return absl::UnavailableError(absl::StrCat(path, ": ", std::string(std::strerror(errno))));
  std::unique_ptr<WorkFile> file(new WorkFile(path, descriptor));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return absl::FailedPreconditionError(absl::StrCat(path, " is in use by another evaluation"));
  SKEIN_RETURN_IF_ERROR(Annotate(file->Load(header), path));
  return file;
}

WorkFile::WorkFile(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

WorkFile::~WorkFile() { close(descriptor_); }

absl::Status WorkFile::Load(const v1::EvaluationWorkHeader& header) {
  SKEIN_ASSIGN_OR_RETURN(const std::string content, ReadAll(descriptor_));
  v1::EvaluationWorkLine first;
  *first.mutable_header() = header;
  std::size_t begin = 0;
  for (int number = 1; true; ++number) {
    const std::size_t end = content.find('\n', begin);
    if (end == std::string::npos) break;
    const std::string text = content.substr(begin, end - begin);
    begin = end + 1;
    if (number == 1) {
      SKEIN_RETURN_IF_ERROR(CheckHeader(text, header));
      continue;
    }
    const absl::Status read = codec::FromJson(text, &found_.emplace_back());
    if (!read.ok())
      return absl::DataLossError(absl::StrCat("line ", number, " cannot be read (",
                                              std::string(read.message()),
                                              "); remove the file to start again"));
  }
  // What is left is a torn line. If it is the first, make sure that it is one of ours.
  if (begin == 0 && LineOf(first).rfind(content, 0) != 0)
    return absl::FailedPreconditionError("is not a file of finished work; want another name");
  if (ftruncate(descriptor_, static_cast<off_t>(begin)) != 0)
    return absl::UnavailableError(std::strerror(errno));
  return begin == 0 ? Append(first) : absl::OkStatus();
}

absl::Status WorkFile::CheckHeader(const std::string& line,
                                   const v1::EvaluationWorkHeader& header) const {
  v1::EvaluationWorkLine first;
  if (!codec::FromJson(line, &first).ok() || !first.has_header())
    return absl::FailedPreconditionError("is not a file of finished work; want another name");
  std::string differences;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&differences);
  if (differencer.Compare(first.header(), header)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("has the work of another evaluation; remove it or name another file. ",
                   "What differs, there -> here:\n", differences));
}

absl::Status WorkFile::Append(const v1::EvaluationWorkLine& line) {
  const std::string text = LineOf(line);
  absl::MutexLock lock(&mutex_);
  if (torn_) return absl::UnavailableError(absl::StrCat(path_, " could not be written before"));
  // One write: O_APPEND puts it at the end, and a kill leaves a part of one line at most.
  if (write(descriptor_, text.data(), text.size()) == static_cast<ssize_t>(text.size()))
    return absl::OkStatus();
  torn_ = true;
  return absl::UnavailableError(
      absl::StrCat(path_, " cannot be written: ", std::string(std::strerror(errno))));
}

absl::Status WorkFile::Remove() {
  if (unlink(path_.c_str()) == 0) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(path_, " cannot be removed: ", std::string(std::strerror(errno))));
}

}  // namespace skein::cli
