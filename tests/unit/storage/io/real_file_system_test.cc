#include "storage/io/real_file_system.h"

#include <climits>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/file_size_limit.h"
#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using OpenMode = FileSystem::OpenMode;

class RealFileSystemTest : public ::testing::Test {
 protected:
  std::unique_ptr<File> Create(const std::string& name) {
    auto file = fs_.Open(dir_ / name, OpenMode::kCreate);
    EXPECT_TRUE(file.has_value()) << file.error().message;
    return std::move(*file);
  }

  static std::string ReadAll(const File& file) {
    std::string content(static_cast<std::size_t>(file.Size().value()), '\0');
    EXPECT_EQ(file.Read(0, content.data(), content.size()).value(), content.size());
    return content;
  }

  static Result<void> Write(File& file, std::int64_t position, std::string_view bytes) {
    return file.Write(position, std::span(&bytes, 1));
  }

  strata::testing::TempDir dir_;
  FileSystem& fs_ = FileSystem::Real();
};

TEST_F(RealFileSystemTest, WritesMoreFragmentsThanOneSystemCallTakes) {
  auto file = Create("f");
  std::vector<std::string> parts;
  std::string whole;
  for (int i = 0; i < 3 * IOV_MAX + 7; ++i) {
    parts.push_back(std::string(static_cast<std::size_t>(i % 5), static_cast<char>('a' + i % 26)));
    whole += parts.back();
  }
  const std::vector<std::string_view> fragments(parts.begin(), parts.end());
  ASSERT_TRUE(file->Write(3, fragments).has_value());
  EXPECT_EQ(ReadAll(*file), std::string(3, '\0') + whole);
}

TEST_F(RealFileSystemTest, ReadStopsAtTheEndOfTheFile) {
  auto file = Create("f");
  ASSERT_TRUE(Write(*file, 0, "strata").has_value());
  char out[16];
  EXPECT_EQ(file->Read(4, out, sizeof out).value(), 2u);
  EXPECT_EQ(std::string_view(out, 2), "ta");
  EXPECT_EQ(file->Read(6, out, sizeof out).value(), 0u);
  EXPECT_EQ(file->Read(100, out, sizeof out).value(), 0u);
}

TEST_F(RealFileSystemTest, AllocateGrowsWithZerosAndNeverShrinks) {
  auto file = Create("f");
  ASSERT_TRUE(Write(*file, 0, "abc").has_value());
  ASSERT_TRUE(file->Allocate(1 << 16).has_value());
  EXPECT_EQ(ReadAll(*file), "abc" + std::string((1 << 16) - 3, '\0'));
  struct stat status;
  ASSERT_EQ(stat((dir_ / "f").c_str(), &status), 0);
  EXPECT_GE(status.st_blocks * 512, 1 << 16);
  ASSERT_TRUE(file->Allocate(10).has_value());
  EXPECT_EQ(file->Size().value(), 1 << 16);
}

TEST_F(RealFileSystemTest, TruncateCutsAndSyncSucceeds) {
  auto file = Create("f");
  ASSERT_TRUE(Write(*file, 0, "abcdef").has_value());
  ASSERT_TRUE(file->Truncate(2).has_value());
  ASSERT_TRUE(file->Sync().has_value());
  EXPECT_EQ(ReadAll(*file), "ab");
}

TEST_F(RealFileSystemTest, AFullDeviceIsDiskFullAndNamesThePath) {
  auto file = fs_.Open("/dev/full", OpenMode::kReadWrite);
  ASSERT_TRUE(file.has_value());
  const auto written = Write(**file, 0, "x");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(written.error().message, "cannot write '/dev/full': No space left on device");
}

TEST_F(RealFileSystemTest, AWriteThatIsCutShortForGoodIsAnError) {
  auto file = Create("f");
  const strata::testing::FileSizeLimit limit(1000);
  const auto written = Write(*file, 0, std::string(1500, 'x'));
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::IO_ERROR);
  EXPECT_EQ(file->Size().value(), 1000);
}

TEST_F(RealFileSystemTest, CreateRefusesAFileThatExists) {
  Create("f");
  const auto again = fs_.Open(dir_ / "f", OpenMode::kCreate);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, ErrorCode::IO_ERROR);
  EXPECT_THAT(again.error().message, HasSubstr(dir_ / "f"));
}

TEST_F(RealFileSystemTest, OpenRefusesAFileThatDoesNotExist) {
  EXPECT_FALSE(fs_.Open(dir_ / "f", OpenMode::kReadOnly).has_value());
  EXPECT_FALSE(fs_.Open(dir_ / "f", OpenMode::kReadWrite).has_value());
  EXPECT_FALSE(fs_.Exists(dir_ / "f").value());
}

TEST_F(RealFileSystemTest, AFileOpenForReadingCannotBeWritten) {
  ASSERT_TRUE(Write(*Create("f"), 0, "abc").has_value());
  auto file = fs_.Open(dir_ / "f", OpenMode::kReadOnly);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(ReadAll(**file), "abc");
  EXPECT_FALSE(Write(**file, 0, "x").has_value());
}

TEST_F(RealFileSystemTest, DescriptorsAreNotInheritedByOtherPrograms) {
  const int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(before);
  auto file = Create("f");
  EXPECT_NE(fcntl(before, F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(RealFileSystemTest, CreateDirectoryMakesOneAndMayBeRepeated) {
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(fs_.CreateDirectory(dir_ / "one").has_value());
  EXPECT_TRUE(fs_.Exists(dir_ / "one").value());
  EXPECT_FALSE(fs_.CreateDirectory(dir_ / "none/below").has_value());
  ASSERT_TRUE(fs_.Open(dir_ / "file", FileSystem::OpenMode::kCreate).has_value());
  EXPECT_FALSE(fs_.CreateDirectory(dir_ / "file").has_value());
}

TEST_F(RealFileSystemTest, CreateDirectoriesMakesMissingParentsAndMayBeRepeated) {
  for (const std::string& path :
       {dir_ / "a/b/c", dir_ / "a/b/c", dir_ / "a/d/", dir_ / "a/./e/../f"}) {
    ASSERT_TRUE(fs_.CreateDirectories(path).has_value()) << path;
    EXPECT_TRUE(std::filesystem::is_directory(path)) << path;
  }
}

TEST_F(RealFileSystemTest, CreateDirectoriesIsSafeFromManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(fs_.CreateDirectories(dir_ / "x/y/z").has_value()); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(std::filesystem::is_directory(dir_ / "x/y/z"));
}

TEST_F(RealFileSystemTest, CreateDirectoriesFailsBelowARegularFile) {
  Create("f");
  for (const std::string& path : {dir_ / "f", dir_ / "f/below"}) {
    const auto made = fs_.CreateDirectories(path);
    ASSERT_FALSE(made.has_value()) << path;
    EXPECT_EQ(made.error().code, ErrorCode::IO_ERROR);
  }
}

TEST_F(RealFileSystemTest, ListIsInOrderAndOnlyOfADirectory) {
  EXPECT_THAT(fs_.List(dir_.path()).value(), IsEmpty());
  Create("b");
  Create("a");
  ASSERT_TRUE(fs_.CreateDirectories(dir_ / "c").has_value());
  EXPECT_THAT(fs_.List(dir_.path()).value(), ElementsAre("a", "b", "c"));
  EXPECT_FALSE(fs_.List(dir_ / "a").has_value());
  EXPECT_FALSE(fs_.List(dir_ / "missing").has_value());
}

TEST_F(RealFileSystemTest, RenameReplaces) {
  ASSERT_TRUE(Write(*Create("old"), 0, "old").has_value());
  ASSERT_TRUE(Write(*Create("new"), 0, "new").has_value());
  ASSERT_TRUE(fs_.Rename(dir_ / "new", dir_ / "old").has_value());
  EXPECT_EQ(ReadAll(**fs_.Open(dir_ / "old", OpenMode::kReadOnly)), "new");
  EXPECT_FALSE(fs_.Exists(dir_ / "new").value());
  EXPECT_FALSE(fs_.Rename(dir_ / "new", dir_ / "old").has_value());
}

TEST_F(RealFileSystemTest, RemovingIsComplete) {
  Create("f");
  ASSERT_TRUE(fs_.RemoveFile(dir_ / "f").has_value());
  ASSERT_TRUE(fs_.RemoveFile(dir_ / "f").has_value());
  ASSERT_TRUE(fs_.CreateDirectories(dir_ / "t/u").has_value());
  Create("t/u/f");
  EXPECT_FALSE(fs_.RemoveFile(dir_ / "t").has_value());
  ASSERT_TRUE(fs_.RemoveTree(dir_ / "t").has_value());
  ASSERT_TRUE(fs_.RemoveTree(dir_ / "t").has_value());
  EXPECT_THAT(fs_.List(dir_.path()).value(), IsEmpty());
}

TEST_F(RealFileSystemTest, SyncsDirectoriesAndWholeFileSystems) {
  EXPECT_TRUE(fs_.SyncDirectory(dir_.path()).has_value());
  EXPECT_TRUE(fs_.SyncAll(dir_.path()).has_value());
  EXPECT_FALSE(fs_.SyncDirectory(dir_ / "missing").has_value());
  EXPECT_FALSE(fs_.SyncAll(dir_ / "missing").has_value());
}

TEST_F(RealFileSystemTest, KnowsTheFreeSpace) {
  EXPECT_GT(fs_.FreeBytes(dir_.path()).value(), 0);
  EXPECT_FALSE(fs_.FreeBytes(dir_ / "missing").has_value());
}

TEST_F(RealFileSystemTest, ALockIsHeldUntilItIsLetGo) {
  auto lock = fs_.LockFile(dir_ / "LOCK");
  ASSERT_TRUE(lock.has_value());
  const auto second = fs_.LockFile(dir_ / "LOCK");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::DATA_DIR_IN_USE);
  EXPECT_EQ(second.error().message,
            "'" + dir_.path() + "' is in use by process " + std::to_string(getpid()));
  lock->reset();
  EXPECT_TRUE(fs_.LockFile(dir_ / "LOCK").has_value());
}

TEST_F(RealFileSystemTest, ALockOnAFileThatCannotBeMadeFails) {
  const auto lock = fs_.LockFile(dir_ / "missing/LOCK");
  ASSERT_FALSE(lock.has_value());
  EXPECT_EQ(lock.error().code, ErrorCode::IO_ERROR);
}

}  // namespace
}  // namespace strata::storage
