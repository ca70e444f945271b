// Keeps the last part of a disk for what must go on when it fills up: the truth, whose database
// takes no more writes after the first one that finds no room, until it has been opened anew.
//
// Asked when a file is to grow, not for each append; what was reserved before may still be used. So
// several writers that ask at once may together go below the reserve by a step of growth each.
//
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "proto/base/error.h"
#include "storage/io/file_system.h"

namespace strata::storage {

class DiskReserve {
 public:
  // Both outlive this object. `reserve_bytes` 0: files may grow until the disk is full.
  DiskReserve(FileSystem& file_system, const std::string& directory, std::int64_t reserve_bytes)
      : file_system_(file_system), directory_(directory), reserve_bytes_(reserve_bytes) {}

  // What the room is for. Compaction may use half of the reserve, since it frees more in the end.
  enum class Purpose { kAppend, kCompaction };

  // Whether a file below the directory may grow by so much. DISK_FULL, IO_ERROR.
  Result<void> Admit(std::int64_t bytes, Purpose purpose = Purpose::kAppend) const {
    if (reserve_bytes_ == 0) return Ok();
    STRATA_TRY_ASSIGN(const std::int64_t free, file_system_.FreeBytes(directory_));
    const std::int64_t keep = purpose == Purpose::kAppend ? reserve_bytes_ : reserve_bytes_ / 2;
    if (free - bytes >= keep) return Ok();
    return Fail(ErrorCode::DISK_FULL, "the disk of '" + directory_ + "' has " +
                                          std::to_string(free) + " bytes left, of which " +
                                          std::to_string(keep) + " are kept in reserve");
  }

  // To be told when an append was refused for want of room, that it was to grow by so much, and
  // when one was not: the broker's log gets one line when refusing begins, and one when it ends.
  void NoteRefusal(std::int64_t bytes, const Error& why) const;
  void NoteAdmission() const;

 private:
  FileSystem& file_system_;
  const std::string& directory_;
  const std::int64_t reserve_bytes_;
  // The growth that was refused last, 0 if none is: smaller ones may pass meanwhile.
  mutable std::atomic<std::int64_t> refused_bytes_ = 0;
};

}  // namespace strata::storage
