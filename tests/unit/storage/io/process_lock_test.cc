#include "storage/io/process_lock.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

class ProcessLockTest : public ::testing::Test {
 protected:
  std::string Content() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  testing::TempDir dir_;
  const std::string path_ = dir_ / "LOCK";
};

TEST_F(ProcessLockTest, IsSharedByThoseWhoOnlyLookAndKeepsOthersOut) {
  std::ofstream(path_) << "123\n";
  auto first = ProcessLock::Share(path_);
  auto second = ProcessLock::Share(path_);
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(ProcessLock::Take(path_).error().code, ErrorCode::DATA_DIR_IN_USE);
  first->reset();
  EXPECT_EQ(ProcessLock::Take(path_).error().code, ErrorCode::DATA_DIR_IN_USE);
  second->reset();
  EXPECT_EQ(Content(), "123\n");
  EXPECT_TRUE(ProcessLock::Take(path_).has_value());
}

TEST_F(ProcessLockTest, IsNotSharedWhileSomebodyHasTakenIt) {
  const auto taken = ProcessLock::Take(path_);
  const std::string content = Content();
  EXPECT_EQ(ProcessLock::Share(path_).error().code, ErrorCode::DATA_DIR_IN_USE);
  EXPECT_EQ(Content(), content);
}

TEST_F(ProcessLockTest, IsNotMadeByThoseWhoOnlyLook) {
  EXPECT_EQ(ProcessLock::Share(path_).error().code, ErrorCode::IO_ERROR);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace strata::storage
