#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Files that end in the SHA-256 of all that stands before, so that damage is noticed.
namespace skein::storage {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Writes PATH.part, which becomes PATH when it is complete and on the disk.
//
// Threads: compatible.
class CheckedWriter {
 public:
  // Errors: ALREADY_EXISTS, if there is such a file; UNAVAILABLE, if it cannot be made.
  static absl::StatusOr<std::unique_ptr<CheckedWriter>> Create(const std::string& path);
  // Removes what was not finished.
  ~CheckedWriter();

  // Errors: UNAVAILABLE, such as when the disk is full.
  absl::Status Write(std::string_view bytes);
  // A length and so many bytes.
  absl::Status WriteChunk(std::string_view bytes);
  absl::Status Finish();

 private:
  explicit CheckedWriter(std::string path) : path_(std::move(path)) {}

  const std::string path_;
  std::unique_ptr<std::FILE, FileCloser> file_;
  std::unique_ptr<EVP_MD_CTX, DigestFree> digest_;
};

// Threads: compatible.
class CheckedReader {
 public:
  // Reads the file once to its end. Errors: NOT_FOUND; UNAVAILABLE; DATA_LOSS, if it is damaged.
  static absl::StatusOr<std::unique_ptr<CheckedReader>> Open(const std::string& path);

  // Errors: DATA_LOSS, if there are not so many bytes; UNAVAILABLE.
  absl::StatusOr<std::string> Read(std::size_t count);
  absl::StatusOr<std::string> ReadChunk();
  bool at_end() const { return left_ == 0; }

 private:
  CheckedReader() = default;

  std::unique_ptr<std::FILE, FileCloser> file_;
  std::uint64_t left_ = 0;  // bytes before the checksum
};

}  // namespace skein::storage
