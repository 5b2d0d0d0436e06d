// A connection with deadlines, on a pair of sockets.

#include "server/http/connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace skein::server {
namespace {

using std::chrono::milliseconds;

class ConnectionTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets_.data()), 0); }
  void TearDown() override {
    close(sockets_[0]);
    ClosePeer();
  }
  void ClosePeer() {
    if (sockets_[1] >= 0) close(sockets_[1]);
    sockets_[1] = -1;
  }
  int ours() const { return sockets_[0]; }
  int peer() const { return sockets_[1]; }

 private:
  std::array<int, 2> sockets_{};
};

TEST_F(ConnectionTest, ReadsWhatHasCome) {
  Connection connection(ours(), {});
  ASSERT_EQ(send(peer(), "abc", 3, 0), 3);
  std::array<char, 8> to{};

  EXPECT_TRUE(connection.is_readable());
  EXPECT_EQ(connection.read(to.data(), 1), 1);
  EXPECT_EQ(connection.read(to.data() + 1, 7), 2);
  EXPECT_EQ(std::string(to.data()), "abc");
  EXPECT_FALSE(connection.is_readable());
}

TEST_F(ConnectionTest, GivesUpReadingWhenTheTimeOfTheRequestIsOver) {
  Connection connection(ours(), {.request = milliseconds(50), .write = milliseconds(50)});
  std::array<char, 8> to{};
  const auto begun = std::chrono::steady_clock::now();

  // A byte now and then does not buy more time.
  ssize_t got = 0;
  while (got >= 0 && std::chrono::steady_clock::now() - begun < std::chrono::seconds(5)) {
    ASSERT_EQ(send(peer(), "x", 1, 0), 1);
    got = connection.read(to.data(), 1);
    if (got > 0) got = connection.read(to.data(), 1);
  }

  EXPECT_EQ(got, -1);
}

TEST_F(ConnectionTest, ReadsTheEnd) {
  Connection connection(ours(), {});
  std::array<char, 8> to{};
  ClosePeer();

  EXPECT_EQ(connection.read(to.data(), to.size()), 0);
  EXPECT_FALSE(connection.is_writable());
}

TEST_F(ConnectionTest, WritesAllOrGivesUpInTime) {
  Connection connection(ours(), {.request = milliseconds(50), .write = milliseconds(50)});
  EXPECT_TRUE(connection.is_writable());
  EXPECT_EQ(connection.write("abc", 3), 3);
  const std::string much(4 << 20, 'x');  // more than the kernel holds

  EXPECT_EQ(connection.write(much.data(), much.size()), -1);
  EXPECT_FALSE(connection.is_writable());
}

TEST_F(ConnectionTest, FailsToWriteToNobody) {
  Connection connection(ours(), {});
  ClosePeer();

  EXPECT_EQ(connection.write("abc", 3), -1);
}

}  // namespace
}  // namespace skein::server
