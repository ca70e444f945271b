#include "tests/e2e/support/damage.h"

#include <algorithm>
#include <stdexcept>

#include "tests/support/process/files.h"

namespace strata::e2e {

namespace fs = std::filesystem;

void FlipByte(const fs::path& file, std::int64_t position) {
  std::string content = ReadFile(file);
  char& byte = content.at(static_cast<std::size_t>(position));
  byte = static_cast<char>(~byte);
  WriteFile(file, content);
}

std::map<std::string, FileState> Snapshot(const fs::path& directory) {
  std::map<std::string, FileState> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = fs::relative(entry.path(), directory).string();
    files[name] = {entry.is_regular_file() ? ReadFile(entry.path()) : "", entry.last_write_time()};
  }
  return files;
}

std::vector<fs::path> SegmentsOf(const fs::path& data_dir, int partition) {
  std::vector<fs::path> segments;
  for (const auto& topic : fs::directory_iterator(data_dir / "topics")) {
    for (const auto& file : fs::directory_iterator(topic.path() / std::to_string(partition))) {
      if (file.path().extension() == ".log") segments.push_back(file.path());
    }
  }
  std::sort(segments.begin(), segments.end());
  return segments;
}

}  // namespace strata::e2e
