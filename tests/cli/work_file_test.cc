#include "cli/evaluation/work_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/codec/json.h"

namespace skein::cli {
namespace {

using testing::HasSubstr;

// A file is torn at every so many bytes; a number that meets all kinds of places.
constexpr std::size_t kStep = 17;

class WorkFileTest : public testing::Test {
 protected:
  WorkFileTest() : path_(testing::TempDir() + "/work_file_test.jsonl") {
    std::filesystem::remove(path_);
    header_.add_protocols()->set_commit("abc");
  }
  ~WorkFileTest() override { std::filesystem::remove(path_); }

  std::string Content() const {
    std::ostringstream content;
    content << std::ifstream(path_).rdbuf();
    return content.str();
  }
  void Write(const std::string& content) const {
    std::ofstream(path_, std::ios::binary) << content;
  }
  // Opens the file and adds the day with each of these seeds.
  void Add(const std::vector<std::uint64_t>& seeds) const {
    auto file = WorkFile::Open(path_, header_);
    ASSERT_TRUE(file.ok()) << file.status();
    for (const std::uint64_t seed : seeds) {
      v1::EvaluationWorkLine line;
      line.mutable_day()->mutable_report()->set_seed(seed);
      line.mutable_day()->mutable_report()->set_profit_usd(0.1);
      ASSERT_TRUE((*file)->Append(line).ok());
    }
  }
  std::vector<std::uint64_t> Found() const {
    const auto file = WorkFile::Open(path_, header_);
    EXPECT_TRUE(file.ok()) << file.status();
    std::vector<std::uint64_t> seeds;
    if (!file.ok()) return seeds;
    for (const v1::EvaluationWorkLine& line : (*file)->found()) {
      seeds.push_back(line.day().report().seed());
      EXPECT_EQ(line.day().report().profit_usd(), 0.1);
    }
    return seeds;
  }

  const std::string path_;
  v1::EvaluationWorkHeader header_;
};

TEST_F(WorkFileTest, GivesBackWhatWasAppended) {
  Add({7, 8});
  Add({9});

  EXPECT_THAT(Found(), testing::ElementsAre(7, 8, 9));
}

TEST_F(WorkFileTest, ForgetsATornLastLineWhereverItIsTorn) {
  Add({7});
  const std::string one = Content();
  Add({8});
  const std::string two = Content();
  for (std::size_t size = one.size(); size < two.size(); size += kStep) {
    Write(two.substr(0, size));

    EXPECT_THAT(Found(), testing::ElementsAre(7)) << size;
    EXPECT_EQ(Content(), one) << size;
  }
}

TEST_F(WorkFileTest, BeginsAgainAfterATornHeader) {
  Add({});
  const std::string header = Content();
  for (std::size_t size = 0; size < header.size(); size += kStep) {
    Write(header.substr(0, size));

    EXPECT_THAT(Found(), testing::IsEmpty());
    EXPECT_EQ(Content(), header) << size;
  }
}

TEST_F(WorkFileTest, RefusesTheWorkOfAnotherProtocolAndSaysWhatDiffers) {
  Add({7});
  const std::string before = Content();
  header_.mutable_protocols(0)->set_commit("def");

  const auto file = WorkFile::Open(path_, header_);

  EXPECT_EQ(file.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(
      std::string(file.status().message()),
      testing::AllOf(HasSubstr(path_), HasSubstr("remove it"), HasSubstr("abc"), HasSubstr("def")));
  EXPECT_EQ(Content(), before);
}

TEST_F(WorkFileTest, LeavesOtherPeoplesFilesAlone) {
  for (const char* const content : {"my notes", "my notes\n", "{\"a\": 1}\n", "\n"}) {
    Write(content);

    const auto file = WorkFile::Open(path_, header_);

    EXPECT_EQ(file.status().code(), absl::StatusCode::kFailedPrecondition) << content;
    EXPECT_EQ(Content(), content);
  }
}

TEST_F(WorkFileTest, NamesALineThatCannotBeRead) {
  Add({7});
  Write(Content() + "garbage\n");

  const auto file = WorkFile::Open(path_, header_);

  EXPECT_EQ(file.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(file.status().message()), HasSubstr("line 3"));
}

TEST_F(WorkFileTest, IsForOneProcessAtATime) {
  const auto first = WorkFile::Open(path_, header_);
  ASSERT_TRUE(first.ok());

  const auto second = WorkFile::Open(path_, header_);

  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use"));
}

TEST_F(WorkFileTest, SaysWhereItCannotBeMade) {
  EXPECT_EQ(WorkFile::Open(testing::TempDir() + "/none/work", header_).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(WorkFileTest, CanBeRemoved) {
  auto file = WorkFile::Open(path_, header_);
  ASSERT_TRUE(file.ok());

  EXPECT_TRUE((*file)->Remove().ok());

  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace skein::cli
