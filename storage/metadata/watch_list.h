// Who wants to hear of which changes of metadata; shared by all MetadataStore backends.
//
// Threads: every method may be called from any thread. The callbacks run under this list's mutex,
// so Remove waits for one that is running.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "proto/base/mutex.h"
#include "storage/metadata_store.h"

namespace strata::storage {

class WatchList {
 public:
  using Callback = std::function<void(const MetadataChange&)>;

  // Returns a ticket for Remove; never 0.
  std::uint64_t Add(std::string prefix, Callback changed);

  // After this returns, the callback of the ticket is not called any more.
  void Remove(std::uint64_t ticket);

  // Tells everybody concerned, change by change.
  void Notify(const std::vector<MetadataChange>& changes);

 private:
  struct Watch {
    std::string prefix;
    Callback changed;
  };

  Mutex mutex_;
  std::uint64_t last_ticket_ STRATA_GUARDED_BY(mutex_) = 0;
  std::map<std::uint64_t, Watch> watches_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::storage
