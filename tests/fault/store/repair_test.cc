// strata-log repairs what a store has left when the power has failed, or its process has ended, at
// any moment: the new directory holds all that was acked.
#include "storage/tool/repair/repair.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "tests/fault/seed.h"
#include "tests/fault/store/lives.h"
#include "tests/fault/store/many_disks.h"
#include "tests/support/temp_dir.h"

namespace strata::testing {
namespace {

constexpr int kLivesOfADisk = 4;
constexpr char kDataDir[] = "/data";

void Write(const DiskImage& image, const std::filesystem::path& root) {
  for (const std::string& path : image.directories) {
    std::filesystem::create_directories(root.string() + path);
  }
  for (const auto& [path, content] : image.files) {
    std::ofstream(root.string() + path, std::ios::binary) << content;
  }
}

// What is below `directory`, as if it were the data directory.
DiskImage ReadAsDataDir(const std::filesystem::path& directory) {
  DiskImage image;
  image.directories.insert(kDataDir);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string path = kDataDir + ("/" + entry.path().lexically_relative(directory).string());
    if (entry.is_directory()) {
      image.directories.insert(path);
      continue;
    }
    std::ifstream file(entry.path(), std::ios::binary);
    image.files[path] = std::string(std::istreambuf_iterator<char>(file), {});
  }
  return image;
}

// Puts a repaired copy of the data directory in its place. No store is open.
void RepairDisk(SimulatedFileSystem& disk) {
  const TempDir place;
  Write(disk.Save(), place.path());
  const auto report = storage::tool::RepairDirectory(place.path() + kDataDir, place / "repaired");
  ASSERT_TRUE(report.has_value()) << report.error().message;
  disk.Load(ReadAsDataDir(place / "repaired"));
}

TEST(RepairTest, WhatWasAckedIsInTheRepairedDirectoryHoweverTheStoreHasEnded) {
  const std::uint64_t seed = FaultSeed();
  const int disks = ScaledRuns(40);
  OnManyDisks(disks, [&](int disk) {
    constexpr std::uint64_t kChangesOfALife = 400;
    Lives lives(seed + static_cast<unsigned>(disk));
    lives.OpenAndRead();
    for (int life = 0; life < kLivesOfADisk && !::testing::Test::HasFailure(); ++life) {
      const bool kill = Roll(lives.dice(), 3) == 0;
      if (!kill) lives.disk().CutPowerAt(Roll(lives.dice(), kChangesOfALife));
      lives.Work();
      if (kill) {
        lives.KillProcess();
      } else {
        lives.LosePower();
      }
      RepairDisk(lives.disk());
      lives.OpenAndRead();
    }
    if (::testing::Test::HasFailure()) return;
    lives.ExpectProgress();
    lives.ExpectGoodHistory();
  });
  RecordProperty("lives", disks * kLivesOfADisk);
}

}  // namespace
}  // namespace strata::testing
