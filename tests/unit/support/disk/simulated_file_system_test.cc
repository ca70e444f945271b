// The disk that other tests are run on: each fault that it offers really happens, and nothing else.
#include "tests/support/disk/simulated_file_system.h"

#include <latch>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/gate.h"

namespace strata::testing {
namespace {

using storage::File;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using OpenMode = storage::FileSystem::OpenMode;

constexpr std::int64_t kPage = SimulatedFile::kPageBytes;
constexpr int kSeeds = 200;

Result<void> Write(File& file, std::int64_t position, std::string_view bytes) {
  return file.Write(position, std::span(&bytes, 1));
}

std::string Page(char fill) {
  return std::string(static_cast<std::size_t>(kPage), fill);
}

class SimulatedFileSystemTest : public ::testing::Test {
 protected:
  std::unique_ptr<File> Create(const std::string& path) {
    auto file = disk_.Open(path, OpenMode::kCreate);
    EXPECT_TRUE(file.has_value()) << file.error().message;
    return std::move(*file);
  }

  // A file of two pages that is on disk, name and all.
  std::unique_ptr<File> MakeSynced(const std::string& path) {
    auto file = Create(path);
    EXPECT_TRUE(Write(*file, 0, Page('a') + Page('b')).has_value());
    EXPECT_TRUE(file->Sync().has_value());
    EXPECT_TRUE(disk_.SyncDirectory("").has_value());
    return file;
  }

  // What is found for the path under many seeds; "" stands for a missing file.
  std::set<std::string> FoundAfterPowerCut(const std::string& path,
                                           PendingEntries entries = PendingEntries::kKeepFirst) {
    std::set<std::string> found;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const DiskImage image = disk_.FindAfterPowerCut(seed, entries);
      found.insert(image.files.contains(path) ? image.files.at(path) : "");
    }
    return found;
  }

  // Two files are made, "/f" and then "/g": which names are found under many seeds.
  std::set<std::string> KeptOfTwoEntries(PendingEntries entries) {
    Create("/f");
    Create("/g");
    std::set<std::string> found;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      std::string names;
      for (const auto& [path, content] : disk_.FindAfterPowerCut(seed, entries).files) {
        names += path;
      }
      found.insert(names);
    }
    return found;
  }

  SimulatedFileSystem disk_;
};

TEST_F(SimulatedFileSystemTest, WhatIsWrittenIsRead) {
  const auto file = Create("/f");
  ASSERT_TRUE(Write(*file, 3, "abc").has_value());
  std::string read(10, '.');
  EXPECT_EQ(file->Read(1, read.data(), read.size()).value(), 5u);
  EXPECT_EQ(read, std::string("\0\0abc", 5) + ".....");
  EXPECT_EQ(file->Size().value(), 6);
  ASSERT_TRUE(file->Truncate(4).has_value());
  ASSERT_TRUE(file->Allocate(6).has_value());
  EXPECT_EQ(disk_.Contents("/f"), std::string("\0\0\0a\0\0", 6));
}

TEST_F(SimulatedFileSystemTest, DirectoriesAreMadeListedRenamedAndRemoved) {
  ASSERT_TRUE(disk_.CreateDirectories("/a/b").has_value());
  Create("/a/b/x");
  ASSERT_TRUE(disk_.Rename("/a/b/x", "/a/b/y").has_value());
  EXPECT_THAT(disk_.List("/a/b").value(), ElementsAre("y"));
  EXPECT_FALSE(disk_.Open("/a/b/x", OpenMode::kReadOnly).has_value());
  EXPECT_FALSE(disk_.Open("/a/b/y", OpenMode::kCreate).has_value());
  EXPECT_FALSE(disk_.Open("/nowhere/y", OpenMode::kCreate).has_value());
  EXPECT_FALSE(disk_.CreateDirectory("/a/b/y").has_value());
  ASSERT_TRUE(disk_.RemoveTree("/a").has_value());
  EXPECT_FALSE(disk_.Exists("/a/b").value());
  EXPECT_FALSE(disk_.List("/a").has_value());
}

TEST_F(SimulatedFileSystemTest, AFileThatWasRemovedStaysReadableForWhoeverHoldsIt) {
  const auto file = MakeSynced("/f");
  ASSERT_TRUE(disk_.RemoveFile("/f").has_value());
  char byte = 0;
  EXPECT_EQ(file->Read(0, &byte, 1).value(), 1u);
  EXPECT_EQ(byte, 'a');
}

TEST_F(SimulatedFileSystemTest, ALockIsHeldByOneUntilItGoesOrThePowerDoes) {
  auto lock = disk_.LockFile("/LOCK");
  ASSERT_TRUE(lock.has_value());
  EXPECT_EQ(disk_.LockFile("/LOCK").error().code, ErrorCode::DATA_DIR_IN_USE);
  disk_.Restart(1);
  auto after = disk_.LockFile("/LOCK");
  ASSERT_TRUE(after.has_value());
  lock->reset();
  EXPECT_EQ(disk_.LockFile("/LOCK").error().code, ErrorCode::DATA_DIR_IN_USE);
  after->reset();
  EXPECT_TRUE(disk_.LockFile("/LOCK").has_value());
}

TEST_F(SimulatedFileSystemTest, WhatWasSyncedSurvivesAPowerCut) {
  MakeSynced("/f");
  EXPECT_THAT(FoundAfterPowerCut("/f"), ElementsAre(Page('a') + Page('b')));
}

TEST_F(SimulatedFileSystemTest, ASyncOfAllCoversFilesAndDirectories) {
  ASSERT_TRUE(disk_.CreateDirectory("/d").has_value());
  const auto file = Create("/d/f");
  ASSERT_TRUE(Write(*file, 0, "abc").has_value());
  ASSERT_TRUE(disk_.SyncAll("/").has_value());
  EXPECT_THAT(FoundAfterPowerCut("/d/f"), ElementsAre("abc"));
}

TEST_F(SimulatedFileSystemTest, UnsyncedPagesAreFoundOrNotEachForItself) {
  const auto file = MakeSynced("/f");
  ASSERT_TRUE(Write(*file, 0, Page('A') + Page('B')).has_value());
  const auto found = FoundAfterPowerCut("/f");
  for (const std::string& expected : {Page('a') + Page('b'), Page('A') + Page('b'),
                                      Page('a') + Page('B'), Page('A') + Page('B')}) {
    EXPECT_TRUE(found.contains(expected)) << expected.front() << expected.back();
  }
}

TEST_F(SimulatedFileSystemTest, APageMayBeTornBetweenTwoSectors) {
  const auto file = MakeSynced("/f");
  ASSERT_TRUE(Write(*file, 0, Page('A')).has_value());
  bool torn = false;
  for (const std::string& found : FoundAfterPowerCut("/f")) {
    const std::string page = found.substr(0, static_cast<std::size_t>(kPage));
    const std::size_t old = page.find('a');
    if (old == page.npos || old == 0) continue;
    torn = true;
    EXPECT_EQ(old % static_cast<std::size_t>(SimulatedFile::kSectorBytes), 0u);
    EXPECT_EQ(page.find('A', old), page.npos);
  }
  EXPECT_TRUE(torn);
}

TEST_F(SimulatedFileSystemTest, TheLengthMayBeFoundWithoutTheBytes) {
  const auto file = MakeSynced("/f");
  ASSERT_TRUE(Write(*file, 2 * kPage, Page('c')).has_value());
  std::set<std::size_t> lengths;
  bool zeros = false;
  for (const std::string& found : FoundAfterPowerCut("/f")) {
    lengths.insert(found.size());
    zeros |= found == Page('a') + Page('b') + Page('\0');
  }
  EXPECT_TRUE(lengths.contains(static_cast<std::size_t>(2 * kPage)));
  EXPECT_TRUE(lengths.contains(static_cast<std::size_t>(3 * kPage)));
  EXPECT_GT(lengths.size(), 3u) << "and something between";
  EXPECT_TRUE(zeros);
}

TEST_F(SimulatedFileSystemTest, AFileThatWasCutAndHasGrownAgainHoldsNothingOldAfterASync) {
  const auto file = MakeSynced("/f");
  ASSERT_TRUE(file->Truncate(10).has_value());
  ASSERT_TRUE(file->Allocate(2 * kPage).has_value());
  ASSERT_TRUE(file->Sync().has_value());
  const std::string expected =
      std::string(10, 'a') + std::string(static_cast<std::size_t>(2 * kPage) - 10, '\0');
  EXPECT_THAT(FoundAfterPowerCut("/f"), ElementsAre(expected));
}

TEST_F(SimulatedFileSystemTest, ANewFileIsFoundOnlyIfItsDirectoryWasSynced) {
  const auto file = Create("/f");
  ASSERT_TRUE(Write(*file, 0, "abc").has_value());
  ASSERT_TRUE(file->Sync().has_value());
  EXPECT_THAT(FoundAfterPowerCut("/f"), ElementsAre("", "abc"));
  EXPECT_THAT(FoundAfterPowerCut("/f", PendingEntries::kLoseAll), ElementsAre(""));
}

TEST_F(SimulatedFileSystemTest, WhatIsInADirectoryThatIsLostIsLostToo) {
  ASSERT_TRUE(disk_.CreateDirectory("/d").has_value());
  const auto file = Create("/d/f");
  ASSERT_TRUE(Write(*file, 0, "abc").has_value());
  ASSERT_TRUE(file->Sync().has_value());
  ASSERT_TRUE(disk_.SyncDirectory("/d").has_value());
  EXPECT_THAT(FoundAfterPowerCut("/d/f"), ElementsAre("", "abc"));
}

TEST_F(SimulatedFileSystemTest, ARemovalAndARenameAreLostUnlessSynced) {
  MakeSynced("/f");
  MakeSynced("/g");
  ASSERT_TRUE(disk_.RemoveFile("/f").has_value());
  ASSERT_TRUE(disk_.Rename("/g", "/h").has_value());
  EXPECT_EQ(FoundAfterPowerCut("/f").size(), 2u);
  EXPECT_EQ(FoundAfterPowerCut("/h").size(), 2u);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto files = disk_.FindAfterPowerCut(seed).files;
    EXPECT_NE(files.contains("/g"), files.contains("/h")) << "a rename is not found by half";
    if (files.contains("/h")) {
      EXPECT_FALSE(files.contains("/f")) << "the removal came first";
    }
  }
  ASSERT_TRUE(disk_.SyncDirectory("/").has_value());
  EXPECT_THAT(FoundAfterPowerCut("/f"), ElementsAre(""));
  EXPECT_THAT(FoundAfterPowerCut("/h"), ElementsAre(Page('a') + Page('b')));
}

TEST_F(SimulatedFileSystemTest, IfAskedToDirectoryEntriesAreKeptInNoOrder) {
  EXPECT_THAT(KeptOfTwoEntries(PendingEntries::kKeepRandom),
              UnorderedElementsAre("", "/f", "/g", "/f/g"));
}

TEST_F(SimulatedFileSystemTest, IfAskedToTheLastDirectoryEntriesAreKept) {
  EXPECT_THAT(KeptOfTwoEntries(PendingEntries::kKeepLast), UnorderedElementsAre("", "/g", "/f/g"));
}

TEST_F(SimulatedFileSystemTest, TheSameSeedGivesTheSameDisk) {
  for (int i = 0; i < 20; ++i) {
    const auto file = Create("/f" + std::to_string(i));
    ASSERT_TRUE(Write(*file, 0, Page('x') + Page('y')).has_value());
  }
  const DiskImage found = disk_.FindAfterPowerCut(7);
  EXPECT_EQ(found, disk_.FindAfterPowerCut(7));
  EXPECT_NE(found, disk_.FindAfterPowerCut(8));
  disk_.Restart(7);
  EXPECT_EQ(disk_.Save(), found);
}

TEST_F(SimulatedFileSystemTest, ThePowerGoesAtTheChangeThatWasNamedAndThatOneDoesNotHappen) {
  const auto file = MakeSynced("/f");
  disk_.CutPowerAt(3);
  ASSERT_TRUE(Write(*file, 0, "1").has_value());
  char byte = 0;
  ASSERT_TRUE(file->Read(0, &byte, 1).has_value()) << "no change";
  ASSERT_TRUE(file->Sync().has_value());
  EXPECT_TRUE(disk_.power());
  EXPECT_FALSE(Write(*file, 1, "2").has_value());
  EXPECT_FALSE(disk_.power());
  EXPECT_FALSE(file->Read(0, &byte, 1).has_value());
  EXPECT_FALSE(file->Sync().has_value());
  EXPECT_FALSE(disk_.List("/").has_value());
  disk_.Restart(1);
  EXPECT_TRUE(disk_.power());
  EXPECT_EQ(disk_.Contents("/f").substr(0, 2), "1a");
  ASSERT_TRUE(Write(*file, 0, "from the past").has_value());
  EXPECT_EQ(disk_.Contents("/f").substr(0, 2), "1a");
}

// What is told to have been synced is, though the power goes at that moment.
TEST_F(SimulatedFileSystemTest, ASyncThatSucceedsWhileThePowerGoesHasSynced) {
  constexpr int kTries = 200;
  MakeSynced("/f");
  for (int i = 0; i < kTries && !HasFailure(); ++i) {
    auto file = disk_.Open("/f", OpenMode::kReadWrite);
    ASSERT_TRUE(file.has_value());
    std::latch working(2);
    char synced = disk_.Contents("/f").front();
    std::thread worker([&] {
      working.arrive_and_wait();
      char next = synced;
      while (Write(**file, 0, {&++next, 1}) && disk_.SyncAll("")) synced = next;
    });
    working.arrive_and_wait();
    for (int look = 0; look < i; ++look) (void)disk_.power();
    disk_.CutPowerAt(0);
    worker.join();
    disk_.RestartWithoutUnsynced();
    EXPECT_EQ(disk_.Contents("/f").front(), synced) << "try " << i;
  }
}

TEST_F(SimulatedFileSystemTest, WhatTheOldProcessStillDoesIsSeenByNobody) {
  MakeSynced("/f");
  const auto file = disk_.Open("/f", OpenMode::kReadWrite).value();
  disk_.CutPowerAt(0);
  EXPECT_FALSE(Write(*file, 0, "A").has_value());
  disk_.LetOldProcessEnd();
  ASSERT_TRUE(Write(*file, 0, "A").has_value());
  ASSERT_TRUE(file->Sync().has_value());
  ASSERT_TRUE(disk_.RemoveFile("/f").has_value());
  ASSERT_TRUE(disk_.SyncAll("/").has_value());
  EXPECT_THAT(FoundAfterPowerCut("/f"), ElementsAre(Page('a') + Page('b')));
  disk_.RestartWithoutUnsynced();
  EXPECT_EQ(disk_.Contents("/f"), Page('a') + Page('b'));
}

TEST_F(SimulatedFileSystemTest, AfterAKillWhatWasWrittenIsSeenButNotOnDisk) {
  MakeSynced("/f");
  const auto file = disk_.Open("/f", OpenMode::kReadWrite).value();
  ASSERT_TRUE(Write(*file, 0, Page('A')).has_value());
  disk_.LetOldProcessEnd();
  ASSERT_TRUE(Write(*file, 0, Page('X')).has_value());
  ASSERT_TRUE(file->Sync().has_value());
  disk_.RestartProcess();
  EXPECT_EQ(disk_.Contents("/f"), Page('A') + Page('b'));
  EXPECT_TRUE(FoundAfterPowerCut("/f").contains(Page('a') + Page('b')));
}

TEST_F(SimulatedFileSystemTest, TheNthOperationFailsWhereThePathMatches) {
  ASSERT_TRUE(disk_.CreateDirectories("/d").has_value());
  disk_.Plan({Operation::kCreate, 2, ErrorCode::DISK_FULL, false, "/d/"});
  EXPECT_TRUE(disk_.Open("/d/1", OpenMode::kCreate).has_value());
  EXPECT_TRUE(disk_.Open("/1", OpenMode::kCreate).has_value());
  const auto failed = disk_.Open("/d/2", OpenMode::kCreate);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::DISK_FULL);
  EXPECT_THAT(failed.error().message, HasSubstr("/d/2"));
  EXPECT_TRUE(disk_.Open("/d/3", OpenMode::kCreate).has_value());
  EXPECT_EQ(disk_.injected(), 1u);
  EXPECT_EQ(disk_.count(Operation::kCreate), 4u);
}

TEST_F(SimulatedFileSystemTest, AFaultForGoodLastsUntilHealed) {
  const auto file = Create("/f");
  disk_.Plan({Operation::kSync, 1, ErrorCode::IO_ERROR, /*for_good=*/true});
  EXPECT_FALSE(file->Sync().has_value());
  EXPECT_FALSE(file->Sync().has_value());
  disk_.Heal();
  EXPECT_TRUE(file->Sync().has_value());
}

TEST_F(SimulatedFileSystemTest, AWriteThatFailsHasWrittenAPart) {
  const auto file = Create("/f");
  disk_.Plan({Operation::kWrite, 1});
  EXPECT_FALSE(Write(*file, 0, "abcdef").has_value());
  EXPECT_EQ(disk_.Contents("/f"), "abc");
}

TEST_F(SimulatedFileSystemTest, AfterAFailedSyncARetrySucceedsAndTheBytesAreGone) {
  const auto file = MakeSynced("/f");
  ASSERT_TRUE(Write(*file, 0, Page('A')).has_value());
  disk_.Plan({Operation::kSync, 1});
  EXPECT_FALSE(file->Sync().has_value());
  EXPECT_TRUE(file->Sync().has_value());
  EXPECT_EQ(disk_.Contents("/f"), Page('A') + Page('b')) << "the cache still has them";
  EXPECT_THAT(FoundAfterPowerCut("/f"), ElementsAre(Page('a') + Page('b')));
  disk_.EvictCleanPages();
  EXPECT_EQ(disk_.Contents("/f"), Page('a') + Page('b'));
}

TEST_F(SimulatedFileSystemTest, AfterAFailedSyncOfAllTheBytesAreGoneToo) {
  const auto file = MakeSynced("/f");
  ASSERT_TRUE(Write(*file, 0, Page('A')).has_value());
  disk_.Plan({Operation::kSyncAll, 1});
  EXPECT_FALSE(disk_.SyncAll("/").has_value());
  EXPECT_TRUE(disk_.SyncAll("/").has_value());
  EXPECT_THAT(FoundAfterPowerCut("/f"), ElementsAre(Page('a') + Page('b')));
}

TEST_F(SimulatedFileSystemTest, WhatIsWrittenAgainAfterAFailedSyncIsSynced) {
  const auto file = MakeSynced("/f");
  ASSERT_TRUE(Write(*file, 0, Page('A')).has_value());
  disk_.Plan({Operation::kSync, 1});
  EXPECT_FALSE(file->Sync().has_value());
  ASSERT_TRUE(Write(*file, 0, Page('A')).has_value());
  EXPECT_TRUE(file->Sync().has_value());
  EXPECT_THAT(FoundAfterPowerCut("/f"), ElementsAre(Page('A') + Page('b')));
}

TEST_F(SimulatedFileSystemTest, EvictionSparesDirtyPages) {
  const auto file = MakeSynced("/f");
  ASSERT_TRUE(Write(*file, kPage, Page('B')).has_value());
  disk_.EvictCleanPages();
  EXPECT_EQ(disk_.Contents("/f"), Page('a') + Page('B'));
}

TEST_F(SimulatedFileSystemTest, AFullDiskTakesWhatFitsAndRefusesTheRestUntilThereIsRoom) {
  const auto file = Create("/f");
  disk_.SetCapacity(10);
  ASSERT_TRUE(Write(*file, 0, "12345678").has_value());
  EXPECT_EQ(disk_.FreeBytes("/").value(), 2);
  EXPECT_EQ(Write(*file, 8, "abcd").error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(disk_.Contents("/f"), "12345678ab");
  EXPECT_EQ(file->Allocate(11).error().code, ErrorCode::DISK_FULL);
  EXPECT_TRUE(Write(*file, 0, "overwritten").error().code == ErrorCode::DISK_FULL);
  EXPECT_TRUE(Write(*file, 0, "in place").has_value());
  ASSERT_TRUE(file->Truncate(2).has_value());
  EXPECT_TRUE(Write(*file, 2, "abcd").has_value());
  disk_.Heal();
  EXPECT_TRUE(Write(*file, 0, std::string(100, 'x')).has_value());
}

TEST_F(SimulatedFileSystemTest, TheHookSeesEachOperationBeforeItHappensAndMayRefuseIt) {
  std::vector<Operation> seen;
  disk_.SetHook([&](Operation operation, const std::string& path) -> Result<void> {
    seen.push_back(operation);
    if (path == "/no") return Fail(ErrorCode::IO_ERROR, "refused");
    return Ok();
  });
  EXPECT_FALSE(disk_.Open("/no", OpenMode::kCreate).has_value());
  EXPECT_TRUE(disk_.Open("/yes", OpenMode::kCreate).has_value());
  disk_.SetHook(nullptr);
  EXPECT_THAT(disk_.List("/").value(), ElementsAre("yes"));
  EXPECT_THAT(seen, ElementsAre(Operation::kCreate, Operation::kCreate));
}

TEST_F(SimulatedFileSystemTest, WhileOneOperationIsHeldByTheHookOthersGoOn) {
  const auto slow = Create("/slow");
  const auto other = Create("/other");
  Gate gate;
  disk_.SetHook([&](Operation operation, const std::string& path) {
    if (operation == Operation::kSync && path == "/slow") gate.Pass();
    return Ok();
  });
  std::thread syncing([&] { EXPECT_TRUE(slow->Sync().has_value()); });
  gate.WaitForArrival();
  EXPECT_TRUE(Write(*other, 0, "abc").has_value());
  EXPECT_TRUE(other->Sync().has_value());
  gate.Open();
  syncing.join();
  disk_.SetHook(nullptr);
}

TEST_F(SimulatedFileSystemTest, PagesMayReachTheDiskBeforeTheyAreSynced) {
  MakeSynced("/f");
  const auto file = disk_.Open("/f", OpenMode::kReadWrite).value();
  disk_.WriteBackAtRandom(1);
  for (char fill = 'A'; fill <= 'Z'; ++fill) {
    ASSERT_TRUE(Write(*file, 0, std::string(1, fill)).has_value());
  }
  std::set<char> first_bytes;
  for (const std::string& found : FoundAfterPowerCut("/f")) first_bytes.insert(found[0]);
  EXPECT_TRUE(first_bytes.contains('Z'));
  EXPECT_FALSE(first_bytes.contains('a')) << "a later version has replaced it";
  EXPECT_EQ(first_bytes.size(), 2u) << "the last one, and the one that was written back";
}

TEST_F(SimulatedFileSystemTest, ADiskCanBeDamagedByHand) {
  disk_.SetContents("/d/f", "abc");
  disk_.FlipBit("/d/f", 8);
  EXPECT_EQ(disk_.Contents("/d/f"), "acc");
  disk_.Cut("/d/f", 1);
  EXPECT_EQ(disk_.Contents("/d/f"), "a");
  const DiskImage image = disk_.Save();
  disk_.Erase("/d/f");
  EXPECT_FALSE(disk_.HasFile("/d/f"));
  EXPECT_THAT(disk_.Save().files, IsEmpty());
  disk_.Load(image);
  EXPECT_THAT(FoundAfterPowerCut("/d/f"), ElementsAre("a"));
}

}  // namespace
}  // namespace strata::testing
