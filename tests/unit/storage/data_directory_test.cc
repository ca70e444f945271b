#include "storage/data_directory.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class DataDirectoryTest : public ::testing::Test {
 protected:
  Result<DataDirectory> Open() { return DataDirectory::Open(FileSystem::Real(), path_); }

  void MakeComplete() {
    auto directory = Open();
    ASSERT_TRUE(directory.has_value()) << directory.error().message;
    ASSERT_TRUE(directory->fresh());
    ASSERT_TRUE(directory->FinishMaking().has_value());
    ASSERT_FALSE(directory->fresh());
  }

  void Put(const std::string& name, const std::string& content) {
    fs::create_directories(fs::path(path_ + "/" + name).parent_path());
    std::ofstream(path_ + "/" + name) << content;
  }

  std::string ContentOf(const std::string& name) {
    std::ifstream file(path_ + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void ExpectRefused(ErrorCode code, const std::string& message_part) {
    const auto directory = Open();
    ASSERT_FALSE(directory.has_value());
    EXPECT_EQ(directory.error().code, code);
    EXPECT_THAT(directory.error().message, HasSubstr(message_part));
    EXPECT_THAT(directory.error().message, HasSubstr(path_));
  }

  strata::testing::TempDir dir_;
  std::string path_ = dir_ / "some/data";
};

TEST_F(DataDirectoryTest, IsMadeWithItsParents) {
  MakeComplete();
  EXPECT_EQ(ContentOf("FORMAT"), "strata 1\n");
  EXPECT_FALSE(fs::exists(path_ + "/FORMAT.new"));
}

TEST_F(DataDirectoryTest, IsNotFreshTheNextTime) {
  MakeComplete();
  const auto directory = Open();
  ASSERT_TRUE(directory.has_value()) << directory.error().message;
  EXPECT_FALSE(directory->fresh());
}

TEST_F(DataDirectoryTest, OneThatWasNotFinishedIsMadeAnew) {
  {
    ASSERT_TRUE(Open().has_value());
    Put("meta/half", "done");
    Put("index/half", "done");
  }
  const auto directory = Open();
  ASSERT_TRUE(directory.has_value()) << directory.error().message;
  EXPECT_TRUE(directory->fresh());
  EXPECT_FALSE(fs::exists(path_ + "/meta"));
  EXPECT_FALSE(fs::exists(path_ + "/index"));
}

TEST_F(DataDirectoryTest, AnEmptyFileSystemIsAsGoodAsAnEmptyDirectory) {
  fs::create_directories(path_ + "/lost+found");
  MakeComplete();
}

TEST_F(DataDirectoryTest, SomebodyElsesDirectoryIsRefusedAndLeftAlone) {
  Put("thesis.txt", "years of work");
  ExpectRefused(ErrorCode::DATA_DIR_UNUSABLE, "'thesis.txt'");
  EXPECT_EQ(ContentOf("thesis.txt"), "years of work");
  EXPECT_FALSE(fs::exists(path_ + "/LOCK"));
}

TEST_F(DataDirectoryTest, ADirectoryThatLostItsFormatFileIsRefusedAndLeftAlone) {
  MakeComplete();
  Put("meta/CURRENT", "precious");
  fs::remove(path_ + "/FORMAT");
  ExpectRefused(ErrorCode::DATA_DIR_UNUSABLE, "'meta'");
  EXPECT_EQ(ContentOf("meta/CURRENT"), "precious");
}

TEST_F(DataDirectoryTest, ANewerFormatIsRefusedAndBothVersionsAreNamed) {
  MakeComplete();
  Put("FORMAT", "strata 2\n");
  ExpectRefused(ErrorCode::DATA_DIR_NEWER_FORMAT,
                "has format 2, and this broker knows formats up to 1");
}

TEST_F(DataDirectoryTest, AGarbledFormatFileIsRefused) {
  for (const std::string content :
       {"", "strata", "strata 1", "strata one\n", "strata 0\n", "strata -1\n", "strata 1 \n",
        "strata 99999999999999\n", "kafka 1\n",
        "\x7f"
        "ELF\n"}) {
    Put("FORMAT", content);
    ExpectRefused(ErrorCode::DATA_DIR_UNUSABLE, "FORMAT");
  }
}

TEST_F(DataDirectoryTest, OneThatIsInUseIsRefusedAndItsUserNamed) {
  const auto first = Open();
  ASSERT_TRUE(first.has_value());
  ExpectRefused(ErrorCode::DATA_DIR_IN_USE, "process " + std::to_string(getpid()));
}

TEST_F(DataDirectoryTest, TheLockIsLetGoWithTheObject) {
  { ASSERT_TRUE(Open().has_value()); }
  EXPECT_TRUE(Open().has_value());
}

TEST_F(DataDirectoryTest, APathThatIsOrLeadsThroughARegularFileIsRefused) {
  std::ofstream(dir_ / "file") << "x";
  for (const std::string& path : {dir_ / "file", dir_ / "file/data"}) {
    path_ = path;
    ExpectRefused(ErrorCode::DATA_DIR_UNUSABLE,
                  "'" + (dir_ / "file") + "' is no directory but a file");
  }
}

TEST_F(DataDirectoryTest, ADirectoryThatCannotBeMadeOrWrittenIsRefused) {
  for (const std::string path : {"/proc/strata", "/proc/self/strata/data", "/proc/self/fdinfo"}) {
    path_ = path;
    ExpectRefused(ErrorCode::DATA_DIR_UNUSABLE, "");
  }
}

TEST_F(DataDirectoryTest, AnEmptyPathIsRefused) {
  path_ = "";
  ExpectRefused(ErrorCode::DATA_DIR_UNUSABLE, "empty");
}

}  // namespace
}  // namespace strata::storage
