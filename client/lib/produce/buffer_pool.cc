#include "client/lib/produce/buffer_pool.h"

#include <utility>

namespace strata {

struct BufferPool::Lent {
  Lent(std::shared_ptr<Kept> home, std::string bytes)
      : kept(std::move(home)), buffer(std::move(bytes)) {}
  ~Lent() { kept->GiveBack(std::move(buffer)); }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  std::shared_ptr<Kept> kept;
  std::string buffer;
};

SharedBytes BufferPool::Share(std::string bytes) {
  auto lent = std::make_shared<const Lent>(kept_, std::move(bytes));
  const std::string_view view = lent->buffer;
  return {std::move(lent), view};
}

std::string BufferPool::Kept::Take() {
  MutexLock lock(mutex_);
  if (buffers_.empty()) return {};
  std::string buffer = std::move(buffers_.back());
  buffers_.pop_back();
  bytes_ -= buffer.capacity();
  return buffer;
}

void BufferPool::Kept::GiveBack(std::string buffer) {
  MutexLock lock(mutex_);
  if (bytes_ + buffer.capacity() > limit_) return;
  bytes_ += buffer.capacity();
  buffers_.push_back(std::move(buffer));
}

}  // namespace strata
