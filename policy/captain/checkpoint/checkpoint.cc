#include "policy/captain/checkpoint/checkpoint.h"

#include <openssl/sha.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <set>

#include "absl/strings/escaping.h"
#include "policy/captain/features/schema.h"
#include "sim/domain/check.h"
#include "skein/v1/checkpoint.pb.h"

namespace skein::policy::captain {
namespace {

static_assert(std::endian::native == std::endian::little, "float32 payloads are little-endian");

constexpr std::string_view kMagic = "SKEINCPT";
constexpr std::size_t kPrefixBytes = kMagic.size() + 2 * sizeof(std::uint32_t);
constexpr std::size_t kMaxRank = 4;

void PutU32(std::uint32_t value, std::string* out) {
  for (int k = 0; k < 4; ++k) out->push_back(static_cast<char>((value >> (8 * k)) & 0xff));
}

std::uint32_t GetU32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t k = 0; k < 4; ++k)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[k])) << (8 * k);
  return value;
}

std::string Sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

// Numbers that a shape asks for; -1 if a size is not positive or there are too many.
std::int64_t CountOf(const std::vector<std::int64_t>& shape) {
  if (shape.size() > kMaxRank) return -1;
  std::int64_t count = 1;
  for (const std::int64_t size : shape) {
    if (size <= 0 || size > static_cast<std::int64_t>(kMaxCheckpointBytes) / count) return -1;
    count *= size;
  }
  return count;
}

void EncodeModel(const CaptainOptions& options, v1::CaptainModel* message) {
  message->set_width(options.width);
  message->set_capsules(options.capsules);
  message->set_hops(options.hops);
  message->set_layers(options.layers);
  message->set_heads(options.heads);
  message->set_series_width(options.series_width);
  message->set_series_heads(options.series_heads);
  message->set_series_layers(options.series_layers);
  message->set_logit_clip(options.logit_clip);
  message->mutable_ablation()->set_no_series(options.no_series);
  message->mutable_ablation()->set_no_edges(options.no_edges);
  message->mutable_ablation()->set_no_graph(options.no_graph);
}

CaptainOptions DecodeModel(const v1::CaptainModel& message) {
  return {.width = message.width(),
          .capsules = message.capsules(),
          .hops = message.hops(),
          .layers = message.layers(),
          .heads = message.heads(),
          .series_width = message.series_width(),
          .series_heads = message.series_heads(),
          .series_layers = message.series_layers(),
          .logit_clip = message.logit_clip(),
          .no_series = message.ablation().no_series(),
          .no_edges = message.ablation().no_edges(),
          .no_graph = message.ablation().no_graph()};
}

v1::CheckpointHeader EncodeHeader(const Checkpoint& checkpoint) {
  v1::CheckpointHeader header;
  EncodeModel(checkpoint.model, header.mutable_model());
  header.set_feature_schema_hash(FeatureSchemaHash());
  for (const Tensor& tensor : checkpoint.tensors) {
    v1::CheckpointTensor* row = header.add_tensors();
    row->set_name(tensor.name);
    row->mutable_shape()->Assign(tensor.shape.begin(), tensor.shape.end());
  }
  header.set_decisions(checkpoint.decisions);
  header.set_seed(checkpoint.seed);
  header.set_training_config(checkpoint.training_config);
  header.set_commit(checkpoint.commit);
  for (const auto& [name, version] : checkpoint.libraries) {
    v1::LibraryVersion* row = header.add_libraries();
    row->set_name(name);
    row->set_version(version);
  }
  header.set_trainer_state(checkpoint.trainer_state);
  return header;
}

// Cuts the payload into the tensors that the header names.
absl::Status DecodeTensors(const v1::CheckpointHeader& header, std::string_view payload,
                           std::vector<Tensor>* tensors) {
  std::set<std::string> names;
  std::size_t at = 0;
  for (const v1::CheckpointTensor& row : header.tensors()) {
    Tensor tensor{row.name(), {row.shape().begin(), row.shape().end()}, {}};
    const std::int64_t count = CountOf(tensor.shape);
    if (count < 0)
      return absl::DataLossError(absl::StrCat("tensor ", row.name(), " has an impossible shape"));
    if (!names.insert(row.name()).second)
      return absl::DataLossError(absl::StrCat("tensor ", row.name(), " occurs twice"));
    const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(float);
    if (bytes > payload.size() - at)
      return absl::DataLossError(absl::StrCat("tensor ", row.name(), " is cut off"));
    tensor.values.resize(static_cast<std::size_t>(count));
    std::memcpy(tensor.values.data(), payload.data() + at, bytes);
    for (const float value : tensor.values)
      if (!std::isfinite(value))
        return absl::DataLossError(
            absl::StrCat("tensor ", row.name(), " holds a number that is not finite"));
    at += bytes;
    tensors->push_back(std::move(tensor));
  }
  if (at != payload.size())
    return absl::DataLossError(
        absl::StrCat(payload.size() - at, " bytes belong to no tensor of the header"));
  return absl::OkStatus();
}

absl::StatusOr<Checkpoint> FromHeader(const v1::CheckpointHeader& header,
                                      std::string_view payload) {
  if (header.feature_schema_hash() != FeatureSchemaHash())
    return absl::FailedPreconditionError(absl::StrCat(
        "it was trained on features with hash ", absl::Hex(header.feature_schema_hash()),
        ", this program computes ", absl::Hex(FeatureSchemaHash()), "; train it again"));
  Checkpoint checkpoint;
  checkpoint.model = DecodeModel(header.model());
  const absl::Status model = ToStatus(Validate(checkpoint.model));
  if (!model.ok()) return absl::DataLossError(std::string(model.message()));
  SKEIN_RETURN_IF_ERROR(DecodeTensors(header, payload, &checkpoint.tensors));
  checkpoint.decisions = header.decisions();
  checkpoint.seed = header.seed();
  checkpoint.training_config = header.training_config();
  checkpoint.commit = header.commit();
  for (const v1::LibraryVersion& row : header.libraries())
    checkpoint.libraries.emplace_back(row.name(), row.version());
  checkpoint.trainer_state = header.trainer_state();
  return checkpoint;
}

}  // namespace

const Tensor* Checkpoint::Find(std::string_view name) const {
  for (const Tensor& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

std::string EncodeCheckpoint(const Checkpoint& checkpoint) {
  const std::string header = EncodeHeader(checkpoint).SerializeAsString();
  std::string bytes(kMagic);
  PutU32(kCheckpointVersion, &bytes);
  PutU32(static_cast<std::uint32_t>(header.size()), &bytes);
  bytes += header;
  for (const Tensor& tensor : checkpoint.tensors) {
    SKEIN_CHECK(CountOf(tensor.shape) == static_cast<std::int64_t>(tensor.values.size()),
                "a tensor has as many values as its shape says");
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()),
                 tensor.values.size() * sizeof(float));
  }
  bytes += Sha256(bytes);
  return bytes;
}

absl::StatusOr<Checkpoint> DecodeCheckpoint(std::string_view bytes) {
  if (bytes.substr(0, kMagic.size()) != kMagic.substr(0, bytes.size()))
    return absl::DataLossError("it is not a checkpoint: it does not begin with SKEINCPT");
  if (bytes.size() < kPrefixBytes + SHA256_DIGEST_LENGTH)
    return absl::DataLossError(absl::StrCat("it is cut off after ", bytes.size(), " bytes"));
  const std::uint32_t version = GetU32(bytes.substr(kMagic.size()));
  if (version != kCheckpointVersion)
    return absl::FailedPreconditionError(
        absl::StrCat("it has format version ", version, ", want ", kCheckpointVersion));
  const std::string_view body = bytes.substr(0, bytes.size() - SHA256_DIGEST_LENGTH);
  if (Sha256(body) != bytes.substr(body.size()))
    return absl::DataLossError("its checksum is wrong: it is cut off or altered");
  const std::size_t header_bytes = GetU32(bytes.substr(kMagic.size() + sizeof(std::uint32_t)));
  if (header_bytes > body.size() - kPrefixBytes)
    return absl::DataLossError("its header is longer than the file");
  v1::CheckpointHeader header;
  if (!header.ParseFromArray(body.data() + kPrefixBytes, static_cast<int>(header_bytes)))
    return absl::DataLossError("its header cannot be read");
  SKEIN_ASSIGN_OR_RETURN(Checkpoint checkpoint,
                         FromHeader(header, body.substr(kPrefixBytes + header_bytes)));
  checkpoint.checksum = absl::BytesToHexString(std::string(bytes.substr(body.size())));
  return checkpoint;
}

}  // namespace skein::policy::captain
