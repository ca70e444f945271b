// A directory for one test, removed with all it holds when the test is over.
#pragma once

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <stdlib.h>
namespace strata::testing {

class TempDir {
 public:
  // In `place`; empty: where temporary files go.
  explicit TempDir(std::filesystem::path place = {}) {
    if (place.empty()) place = std::filesystem::temp_directory_path();
    std::string pattern = (place / "strata-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "mkdtemp " + pattern);
    }
    path_ = std::move(pattern);
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  // Absolute, without a slash at its end.
  const std::string& path() const { return path_; }

  // The path of an entry in it, whether it is there or not.
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace strata::testing
