// A disk of a few megabytes, for a broker to fill: a tmpfs that only this process and those that it
// starts can see, so nothing is left of it afterwards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace strata::fault {

class SmallDisk {
 public:
  // Mounts it on a directory that is there and empty. Throws std::runtime_error if the system does
  // not let this process mount anything, not even in a user namespace of its own.
  SmallDisk(std::filesystem::path directory, std::int64_t size_bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  std::int64_t free_bytes() const;

  // Takes up space until only so much is free; no effect if there is less.
  void FillUpTo(std::int64_t free_bytes);
  // Gives back all that FillUpTo has taken.
  void Free();

 private:
  const std::filesystem::path directory_;
};

}  // namespace strata::fault
