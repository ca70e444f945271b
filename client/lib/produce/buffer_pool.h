// Memory that batches are encoded in, used again and again: new memory of this size is fetched from
// the system, page by page, and given back soon after.
//
// A handle: copies share one pool, and what is shared from it may outlive all of them. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proto/base/bytes.h"
#include "proto/base/mutex.h"

namespace strata {

class BufferPool {
 public:
  // `kept_bytes`: no more than this waits to be used again; the rest is freed.
  explicit BufferPool(std::size_t kept_bytes) : kept_(std::make_shared<Kept>(kept_bytes)) {}

  // With memory that was used before if there is some; what it holds means nothing.
  std::string Take() { return kept_->Take(); }

  void GiveBack(std::string buffer) { kept_->GiveBack(std::move(buffer)); }

  // `bytes` come back when nobody holds a share of them any more.
  SharedBytes Share(std::string bytes);

 private:
  class Kept {
   public:
    explicit Kept(std::size_t limit) : limit_(limit) {}

    std::string Take();
    void GiveBack(std::string buffer);

   private:
    const std::size_t limit_;
    Mutex mutex_;
    std::vector<std::string> buffers_ STRATA_GUARDED_BY(mutex_);
    std::size_t bytes_ STRATA_GUARDED_BY(mutex_) = 0;  // of all of them
  };

  struct Lent;

  std::shared_ptr<Kept> kept_;
};

}  // namespace strata
