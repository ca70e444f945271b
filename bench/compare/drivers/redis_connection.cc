#include "bench/compare/drivers/redis_connection.h"

#include <stdexcept>
#include <string>

namespace strata::compare {

RedisConnection::RedisConnection(const PeerOptions& options)
    : context_(redisConnect(options.host.c_str(), options.port)) {
  if (!context_) throw std::runtime_error("redis: out of memory");
  Check();
}

void RedisConnection::Append(const std::vector<std::string_view>& words) {
  pointers_.clear();
  lengths_.clear();
  for (const std::string_view word : words) {
    pointers_.push_back(word.data());
    lengths_.push_back(word.size());
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), pointers_.data(),
                         lengths_.data());
  ++unanswered_;
}

void RedisConnection::Send() {
  for (int done = 0; done == 0;) {
    if (redisBufferWrite(context_.get(), &done) != REDIS_OK) Check();
  }
}

RedisReply RedisConnection::Answer() {
  void* reply = nullptr;
  if (redisGetReply(context_.get(), &reply) != REDIS_OK) Check();
  --unanswered_;
  RedisReply owned(static_cast<redisReply*>(reply));
  if (owned->type == REDIS_REPLY_ERROR) {
    throw std::runtime_error("redis: " + std::string(owned->str, owned->len));
  }
  return owned;
}

void RedisConnection::AnswerAll() {
  while (unanswered_ > 0) Answer();
}

RedisReply RedisConnection::Ask(const std::vector<std::string_view>& words) {
  Append(words);
  Send();
  while (unanswered_ > 1) Answer();
  return Answer();
}

void RedisConnection::Check() const {
  if (context_->err != 0) throw std::runtime_error(std::string("redis: ") + context_->errstr);
}

}  // namespace strata::compare
