#include "storage/metadata/watch_list.h"

#include <utility>

namespace strata::storage {

std::uint64_t WatchList::Add(std::string prefix, Callback changed) {
  MutexLock lock(mutex_);
  watches_.emplace(++last_ticket_, Watch{std::move(prefix), std::move(changed)});
  return last_ticket_;
}

void WatchList::Remove(std::uint64_t ticket) {
  MutexLock lock(mutex_);
  watches_.erase(ticket);
}

void WatchList::Notify(const std::vector<MetadataChange>& changes) {
  MutexLock lock(mutex_);
  for (const MetadataChange& change : changes) {
    for (const auto& [ticket, watch] : watches_) {
      if (change.key.starts_with(watch.prefix)) watch.changed(change);
    }
  }
}

}  // namespace strata::storage
