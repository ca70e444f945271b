#include "bench/compare/drivers/redis_subscriber.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "bench/compare/drivers/redis_connection.h"
#include "bench/compare/drivers/stream_names.h"

namespace strata::compare {
namespace {

constexpr std::string_view kRecordsPerRead = "1000";
constexpr std::string_view kBlockMs = "100";

class RedisSubscriber : public Subscriber {
 public:
  void Poll(const Handler& handle) final {
    if (connection_.unanswered() == 0) SendRequest();
    const RedisReply reply = connection_.Answer();
    for (std::size_t i = 0; i < reply->elements; ++i) Pass(*reply->element[i]);
    SendRequest();
    for (std::size_t i = 0; i < reply->elements; ++i) HandleStream(*reply->element[i], handle);
  }

 protected:
  explicit RedisSubscriber(const PeerOptions& options)
      : connection_(options), streams_(StreamNames(options)) {}

  RedisConnection& connection() { return connection_; }
  const std::vector<std::string>& streams() const { return streams_; }

  // Asks for what comes behind all that was passed.
  virtual std::vector<std::string_view> Request() const = 0;
  // `stream` is [name, [[id, [field, value]]...]], with at least one entry.
  virtual void Pass(const redisReply& stream) = 0;

 private:
  // The server looks for the next entries while we handle those before.
  void SendRequest() {
    connection_.Append(Request());
    connection_.Send();
  }

  static void HandleStream(const redisReply& stream, const Handler& handle) {
    const redisReply& entries = *stream.element[1];
    for (std::size_t i = 0; i < entries.elements; ++i) {
      const redisReply& fields = *entries.element[i]->element[1];
      const redisReply& value = *fields.element[1];
      handle({value.str, value.len});
    }
  }

  RedisConnection connection_;
  const std::vector<std::string> streams_;
};

class RedisReader final : public RedisSubscriber {
 public:
  explicit RedisReader(const PeerOptions& options)
      : RedisSubscriber(options), last_ids_(streams().size(), "0") {}

 private:
  std::vector<std::string_view> Request() const override {
    std::vector<std::string_view> words = {"XREAD", "COUNT",  kRecordsPerRead,
                                           "BLOCK", kBlockMs, "STREAMS"};
    words.insert(words.end(), streams().begin(), streams().end());
    words.insert(words.end(), last_ids_.begin(), last_ids_.end());
    return words;
  }

  void Pass(const redisReply& stream) override {
    const redisReply& name = *stream.element[0];
    const redisReply& entries = *stream.element[1];
    const redisReply& id = *entries.element[entries.elements - 1]->element[0];
    const auto place =
        std::find(streams().begin(), streams().end(), std::string_view(name.str, name.len));
    last_ids_[static_cast<std::size_t>(place - streams().begin())].assign(id.str, id.len);
  }

  std::vector<std::string> last_ids_;  // of each stream
};

class RedisMember final : public RedisSubscriber {
 public:
  RedisMember(const PeerOptions& options, int group)
      : RedisSubscriber(options),
        group_("g" + std::to_string(group) + "-" + std::to_string(getpid())) {
    for (const std::string& stream : streams()) {
      connection().Append({"XGROUP", "CREATE", stream, group_, "0", "MKSTREAM"});
    }
    connection().Send();
    connection().AnswerAll();
  }

 private:
  std::vector<std::string_view> Request() const override {
    std::vector<std::string_view> words = {"XREADGROUP",    "GROUP", group_,   "c",     "COUNT",
                                           kRecordsPerRead, "BLOCK", kBlockMs, "NOACK", "STREAMS"};
    words.insert(words.end(), streams().begin(), streams().end());
    words.insert(words.end(), streams().size(), ">");
    return words;
  }

  void Pass(const redisReply&) override {}  // the server does that

  const std::string group_;  // new in every process: it begins at the beginning
};

}  // namespace

std::unique_ptr<Subscriber> MakeRedisReader(const PeerOptions& options) {
  return std::make_unique<RedisReader>(options);
}

std::unique_ptr<Subscriber> MakeRedisMember(const PeerOptions& options, int group) {
  return std::make_unique<RedisMember>(options, group);
}

}  // namespace strata::compare
