// Damages files by hand, as a failing disk or a careless person would, and tells whether any file
// has changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace strata::e2e {

// Flips all bits of one byte. Throws if the file ends before it.
void FlipByte(const std::filesystem::path& file, std::int64_t position);

// All files below a directory, by relative path, with their content and times.
struct FileState {
  std::string content;
  std::filesystem::file_time_type changed;
  bool operator==(const FileState&) const = default;
};
std::map<std::string, FileState> Snapshot(const std::filesystem::path& directory);

// The segment files of the only topic in a data directory, in order.
std::vector<std::filesystem::path> SegmentsOf(const std::filesystem::path& data_dir,
                                              int partition = 0);

}  // namespace strata::e2e
