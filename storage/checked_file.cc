#include "storage/checked_file.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/hash_chain.h"

namespace skein::storage {
namespace {

constexpr std::size_t kBlock = 1 << 16;

absl::Status Failed(const std::string& what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", std::strerror(errno)));
}

std::unique_ptr<EVP_MD_CTX, DigestFree> NewDigest() {
  std::unique_ptr<EVP_MD_CTX, DigestFree> digest(EVP_MD_CTX_new());
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  return digest;
}

Hash Final(EVP_MD_CTX* digest) {
  Hash hash{};
  EVP_DigestFinal_ex(digest, hash.data(), nullptr);
  return hash;
}

std::string Partial(const std::string& path) { return path + ".part"; }

}  // namespace

absl::StatusOr<std::unique_ptr<CheckedWriter>> CheckedWriter::Create(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0)
    return absl::AlreadyExistsError(absl::StrCat(path, " exists"));
  std::unique_ptr<CheckedWriter> writer(new CheckedWriter(path));
  writer->file_.reset(std::fopen(Partial(path).c_str(), "wb"));
  if (writer->file_ == nullptr) return Failed(absl::StrCat("open ", Partial(path)));
  writer->digest_ = NewDigest();
  return writer;
}

CheckedWriter::~CheckedWriter() {
  if (file_ == nullptr) return;
  file_.reset();
  std::remove(Partial(path_).c_str());
}

absl::Status CheckedWriter::Write(std::string_view bytes) {
  EVP_DigestUpdate(digest_.get(), bytes.data(), bytes.size());
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size())
    return absl::OkStatus();
  return Failed(absl::StrCat("write ", Partial(path_)));
}

absl::Status CheckedWriter::WriteChunk(std::string_view bytes) {
  std::string length(8, '\0');
  for (std::size_t k = 0; k < length.size(); ++k)
    length[k] = static_cast<char>((std::uint64_t{bytes.size()} >> (8 * k)) & 0xff);
  SKEIN_RETURN_IF_ERROR(Write(length));
  return Write(bytes);
}

absl::Status CheckedWriter::Finish() {
  SKEIN_RETURN_IF_ERROR(Write(ToBytes(Final(digest_.get()))));
  const bool written = std::fflush(file_.get()) == 0 && fsync(fileno(file_.get())) == 0;
  if (!written || std::rename(Partial(path_).c_str(), path_.c_str()) != 0)
    return Failed(absl::StrCat("finish ", path_));
  file_.reset();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<CheckedReader>> CheckedReader::Open(const std::string& path) {
  std::unique_ptr<CheckedReader> reader(new CheckedReader);
  reader->file_.reset(std::fopen(path.c_str(), "rb"));
  if (reader->file_ == nullptr) {
    if (errno == ENOENT) return absl::NotFoundError(absl::StrCat("there is no file ", path));
    return Failed(absl::StrCat("open ", path));
  }
  std::FILE* const file = reader->file_.get();
  constexpr std::int64_t kHashBytes = std::tuple_size_v<Hash>;
  if (std::fseek(file, 0, SEEK_END) != 0) return Failed(absl::StrCat("read ", path));
  const std::int64_t size = std::ftell(file);
  std::rewind(file);
  const absl::Status damaged = absl::DataLossError(absl::StrCat(path, " is damaged or cut off"));
  if (size < kHashBytes) return damaged;
  reader->left_ = static_cast<std::uint64_t>(size - kHashBytes);
  const auto digest = NewDigest();
  std::vector<char> block(kBlock);
  for (std::uint64_t left = reader->left_; left > 0;) {
    const std::size_t wanted = std::min<std::uint64_t>(left, block.size());
    if (std::fread(block.data(), 1, wanted, file) != wanted)
      return Failed(absl::StrCat("read ", path));
    EVP_DigestUpdate(digest.get(), block.data(), wanted);
    left -= wanted;
  }
  Hash recorded{};
  if (std::fread(recorded.data(), 1, recorded.size(), file) != recorded.size() ||
      recorded != Final(digest.get()))
    return damaged;
  std::rewind(file);
  return reader;
}

absl::StatusOr<std::string> CheckedReader::Read(std::size_t count) {
  if (count > left_) return absl::DataLossError("the file ends too early");
  std::string bytes(count, '\0');
  if (std::fread(bytes.data(), 1, count, file_.get()) != count) return Failed("read");
  left_ -= count;
  return bytes;
}

absl::StatusOr<std::string> CheckedReader::ReadChunk() {
  SKEIN_ASSIGN_OR_RETURN(const std::string length, Read(8));
  std::uint64_t size = 0;
  for (std::size_t k = 0; k < length.size(); ++k)
    size |= std::uint64_t{static_cast<unsigned char>(length[k])} << (8 * k);
  return Read(size);
}

}  // namespace skein::storage
