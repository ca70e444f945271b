#include "broker/server/port_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace strata::broker {
namespace {

TEST(PortFile, HasALineForEachAddress) {
  strata::testing::TempDir directory;
  const std::string path = directory / "ports";
  ASSERT_TRUE(WritePortFile(path, "127.0.0.1:1", "127.0.0.1:2"));
  std::ifstream file(path);
  std::string grpc, http, more;
  EXPECT_TRUE(std::getline(file, grpc));
  EXPECT_TRUE(std::getline(file, http));
  EXPECT_FALSE(std::getline(file, more));
  EXPECT_EQ(grpc, "127.0.0.1:1");
  EXPECT_EQ(http, "127.0.0.1:2");
}

TEST(PortFile, ReplacesAnOlderOne) {
  strata::testing::TempDir directory;
  const std::string path = directory / "ports";
  ASSERT_TRUE(WritePortFile(path, "127.0.0.1:1", ""));
  ASSERT_TRUE(WritePortFile(path, "127.0.0.1:3", ""));
  std::ifstream file(path);
  std::string grpc;
  EXPECT_TRUE(std::getline(file, grpc));
  EXPECT_EQ(grpc, "127.0.0.1:3");
}

TEST(PortFile, AFileThatCannotBeWrittenIsAnError) {
  const auto written = WritePortFile("/nowhere/ports", "127.0.0.1:1", "");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::IO_ERROR);
  EXPECT_EQ(written.error().message,
            "cannot write the port file '/nowhere/ports': No such file or directory");
}

}  // namespace
}  // namespace strata::broker
