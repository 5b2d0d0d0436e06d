#include "policy/captain/checkpoint/checkpoint.h"

#include <fstream>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace skein::policy::captain {
namespace {

using ::testing::HasSubstr;

Checkpoint Small() {
  Checkpoint checkpoint;
  checkpoint.model = {.width = 16, .capsules = 2, .heads = 2, .series_width = 8};
  checkpoint.tensors = {{"first.weight", {2, 3}, {1, 2, 3, 4, 5, 6}}, {"first.bias", {2}, {-1, 7}}};
  checkpoint.decisions = 123;
  checkpoint.seed = 42;
  checkpoint.training_config = "seed: 42";
  checkpoint.commit = "abc";
  checkpoint.libraries = {{"libtorch", "1.13.1"}};
  return checkpoint;
}

TEST(CheckpointTest, ComesBackAsItWas) {
  const absl::StatusOr<Checkpoint> back = DecodeCheckpoint(EncodeCheckpoint(Small()));

  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->model, Small().model);
  ASSERT_EQ(back->tensors.size(), 2);
  EXPECT_EQ(back->Find("first.weight")->values, Small().tensors[0].values);
  EXPECT_EQ(back->Find("first.weight")->shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(back->Find("second"), nullptr);
  EXPECT_EQ(back->decisions, 123);
  EXPECT_EQ(back->seed, 42);
  EXPECT_EQ(back->training_config, "seed: 42");
  EXPECT_EQ(back->libraries, Small().libraries);
  EXPECT_EQ(EncodeCheckpoint(*back), EncodeCheckpoint(Small()));
}

TEST(CheckpointTest, KnowsItsChecksum) {
  Checkpoint other = Small();
  other.seed = 43;

  const std::string checksum = DecodeCheckpoint(EncodeCheckpoint(Small()))->checksum;

  EXPECT_EQ(checksum.size(), 64);
  EXPECT_EQ(DecodeCheckpoint(EncodeCheckpoint(Small()))->checksum, checksum);
  EXPECT_NE(DecodeCheckpoint(EncodeCheckpoint(other))->checksum, checksum);
}

TEST(CheckpointTest, ComesBackFromAFile) {
  const std::string path = ::testing::TempDir() + "checkpoint_test.captain";

  std::ofstream(path, std::ios::binary) << EncodeCheckpoint(Small());

  const absl::StatusOr<Checkpoint> back = ReadCheckpoint(path);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(EncodeCheckpoint(*back), EncodeCheckpoint(Small()));
  EXPECT_EQ(ReadCheckpoint(path + ".none").status().code(), absl::StatusCode::kNotFound);
}

TEST(CheckpointTest, RefusesToBeCutOffAnywhere) {
  const std::string whole = EncodeCheckpoint(Small());
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
    ASSERT_EQ(DecodeCheckpoint(whole.substr(0, bytes)).status().code(), absl::StatusCode::kDataLoss)
        << bytes << " bytes";
}

TEST(CheckpointTest, RefusesAnyAlteredByte) {
  const std::string whole = EncodeCheckpoint(Small());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string altered = whole;
    altered[at] = static_cast<char>(altered[at] ^ 0x10);
    ASSERT_FALSE(DecodeCheckpoint(altered).ok()) << "byte " << at;
  }
  ASSERT_FALSE(DecodeCheckpoint(whole + "x").ok());
}

TEST(CheckpointTest, SaysWhichVersionItWants) {
  std::string other = EncodeCheckpoint(Small());
  other[8] = 9;

  const absl::Status status = DecodeCheckpoint(other).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("format version 9, want 1"));
}

TEST(CheckpointTest, RefusesNumbersThatAreNotFinite) {
  Checkpoint checkpoint = Small();
  checkpoint.tensors[1].values[0] = std::numeric_limits<float>::quiet_NaN();

  const absl::Status status = DecodeCheckpoint(EncodeCheckpoint(checkpoint)).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("first.bias"));
}

TEST(CheckpointTest, RefusesTwoTensorsOfOneName) {
  Checkpoint checkpoint = Small();
  checkpoint.tensors[1].name = "first.weight";

  EXPECT_THAT(std::string(DecodeCheckpoint(EncodeCheckpoint(checkpoint)).status().message()),
              HasSubstr("occurs twice"));
}

TEST(CheckpointTest, RefusesImpossibleSizes) {
  Checkpoint checkpoint = Small();
  checkpoint.model.heads = 3;

  EXPECT_THAT(std::string(DecodeCheckpoint(EncodeCheckpoint(checkpoint)).status().message()),
              HasSubstr("want a multiple of heads = 3"));
}

TEST(CaptainOptionsTest, ReportsEveryFault) {
  const std::vector<Fault> faults = Validate({.width = 7, .hops = 9, .series_heads = 5});

  ASSERT_EQ(faults.size(), 5);
  EXPECT_EQ(faults[0].field, "model.width");
  EXPECT_EQ(faults[1].field, "model.hops");
}

}  // namespace
}  // namespace skein::policy::captain
