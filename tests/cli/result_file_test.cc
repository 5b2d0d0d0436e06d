#include "cli/evaluation/result_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"

namespace skein::cli {
namespace {

class ResultFileTest : public testing::Test {
 protected:
  ResultFileTest() : folder_(testing::TempDir() + "/result_file_test") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~ResultFileTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  std::string Content(const std::string& name) const {
    std::ostringstream content;
    content << std::ifstream(Path(name)).rdbuf();
    return content.str();
  }
  std::ptrdiff_t FileCount() const {
    return std::distance(std::filesystem::directory_iterator(folder_), {});
  }

 private:
  std::string folder_;
};

TEST_F(ResultFileTest, AppearsWhenItIsComplete) {
  std::ofstream(Path("report.json")) << "old";
  auto file = ResultFile::Create(Path("report.json"));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(Content("report.json"), "old");

  ASSERT_TRUE(file->Finish("new\n").ok());

  EXPECT_EQ(Content("report.json"), "new\n");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(ResultFileTest, LeavesNothingBehindWithoutFinish) {
  std::ofstream(Path("report.json")) << "old";
  { ASSERT_TRUE(ResultFile::Create(Path("report.json")).ok()); }

  EXPECT_EQ(Content("report.json"), "old");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(ResultFileTest, RefusesFoldersAndPathsThatAreNotThere) {
  EXPECT_EQ(ResultFile::Create(Path("")).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ResultFile::Create(Path("none/report.json")).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace skein::cli
