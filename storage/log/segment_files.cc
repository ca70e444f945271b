#include "storage/log/segment_files.h"

#include <algorithm>

#include "storage/log/partition_hash.h"
#include "storage/log/segment_name.h"

namespace strata::storage {

SegmentFiles::SegmentFiles(FileSystem& file_system, std::string data_dir,
                           std::size_t max_open_files)
    : file_system_(file_system),
      data_dir_(std::move(data_dir)),
      max_open_files_(std::max<std::size_t>(max_open_files, 1)) {}

std::size_t SegmentFiles::KeyHash::operator()(const Key& key) const {
  return PartitionHash()(key.partition) ^
         static_cast<std::size_t>(static_cast<std::uint64_t>(key.segment_base) *
                                  0x9e3779b97f4a7c15u);
}

Result<std::shared_ptr<const File>> SegmentFiles::Get(PartitionId partition, Offset segment_base) {
  const Key key{partition, segment_base};
  std::uint64_t forgotten_before = 0;
  {
    MutexLock lock(mutex_);
    forgotten_before = forgotten_;
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      uses_.splice(uses_.begin(), uses_, found->second);
      return found->second->second;
    }
  }
  STRATA_TRY_ASSIGN(std::shared_ptr<const File> file,
                    file_system_.Open(SegmentPath(data_dir_, partition, segment_base),
                                      FileSystem::OpenMode::kReadOnly));
  Entry evicted;  // closed outside of the lock
  MutexLock lock(mutex_);
  if (forgotten_ != forgotten_before || by_key_.contains(key)) return file;
  uses_.emplace_front(key, file);
  by_key_[key] = uses_.begin();
  if (uses_.size() > max_open_files_) {
    evicted = std::move(uses_.back());
    by_key_.erase(evicted.first);
    uses_.pop_back();
  }
  return file;
}

void SegmentFiles::Forget(PartitionId partition, Offset segment_base) {
  Entry forgotten;
  MutexLock lock(mutex_);
  ++forgotten_;
  const auto found = by_key_.find(Key{partition, segment_base});
  if (found == by_key_.end()) return;
  forgotten = std::move(*found->second);
  uses_.erase(found->second);
  by_key_.erase(found);
}

std::size_t SegmentFiles::open_files() const {
  MutexLock lock(mutex_);
  return uses_.size();
}

}  // namespace strata::storage
