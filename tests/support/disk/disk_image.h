// What a disk holds, as a plain value: to be looked at, kept, changed by hand and put back.
#pragma once

#include <map>
#include <set>
#include <string>

namespace strata::testing {

struct DiskImage {
  std::set<std::string> directories;         // absolute paths, without the root
  std::map<std::string, std::string> files;  // contents by absolute path

  bool operator==(const DiskImage&) const = default;
};

}  // namespace strata::testing
