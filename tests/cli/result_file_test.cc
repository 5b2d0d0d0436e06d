#include "cli/result_file.h"

#include <sys/resource.h>

#include <csignal>
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

  file->Append("new");
  file->Append("\n");
  ASSERT_TRUE(file->Finish().ok());

  EXPECT_EQ(Content("report.json"), "new\n");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(ResultFileTest, LeavesNothingBehindWithoutFinish) {
  std::ofstream(Path("report.json")) << "old";
  { ASSERT_TRUE(ResultFile::Create(Path("report.json")).ok()); }

  EXPECT_EQ(Content("report.json"), "old");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(ResultFileTest, SaysInTheEndThatThereWasNoRoom) {
  std::ofstream(Path("report.json")) << "old";
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {.rlim_cur = 1000, .rlim_max = before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  absl::Status status;
  {
    auto file = ResultFile::Create(Path("report.json"));
    ASSERT_TRUE(file.ok()) << file.status();
    for (int k = 0; k < 1000; ++k) file->Append(std::string(1000, 'x'));
    status = file->Finish();
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);

  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
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
