// One connection to Redis, for pipelines.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <hiredis/hiredis.h>

#include "bench/compare/drivers/peer.h"

namespace strata::compare {

struct FreeRedis {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, FreeRedis>;

// Use it from one thread. What goes wrong is a std::runtime_error.
class RedisConnection {
 public:
  explicit RedisConnection(const PeerOptions& options);

  // Queues a command; Send sends what is queued.
  void Append(const std::vector<std::string_view>& words);
  void Send();
  // The answer to the oldest command that has none yet: one must have been sent.
  RedisReply Answer();
  void AnswerAll();
  // Sends one command, behind all others, and gives its answer; those of the others are dropped.
  RedisReply Ask(const std::vector<std::string_view>& words);

  std::size_t unanswered() const { return unanswered_; }

 private:
  void Check() const;

  std::unique_ptr<redisContext, FreeRedis> context_;
  std::size_t unanswered_ = 0;
  std::vector<const char*> pointers_;
  std::vector<std::size_t> lengths_;
};

}  // namespace strata::compare
