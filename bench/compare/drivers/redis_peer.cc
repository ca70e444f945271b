// Redis Streams through hiredis: a stream for each partition.
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/compare/drivers/peer.h"
#include "bench/compare/drivers/redis_connection.h"
#include "bench/compare/drivers/redis_subscriber.h"
#include "bench/compare/drivers/stream_names.h"

namespace strata::compare {
namespace {

constexpr std::size_t kPipeline = 64;  // commands on a connection before an answer is waited for
// As redis-benchmark has them. With appendfsync=always one fsync is for what a turn of the server's
// loop has taken from all of them.
constexpr int kConnections = 50;
constexpr auto kRewritePatience = std::chrono::seconds(60);
constexpr auto kRewriteLook = std::chrono::milliseconds(10);

// Fills one connection after another with a pipeline, and reads the answers of the one that comes
// next: the server always has work, and one thread is enough.
class RedisPublisher final : public Publisher {
 public:
  explicit RedisPublisher(const PeerOptions& options) : streams_(StreamNames(options)) {
    for (int i = 0; i < kConnections; ++i) connections_.emplace_back(options);
  }

  void Publish(int partition, std::string_view value) override {
    RedisConnection& connection = connections_[current_];
    connection.Append({"XADD", streams_[static_cast<std::size_t>(partition)], "*", "v", value});
    if (connection.unanswered() == kPipeline) Push();
  }

  void Push() override {
    if (connections_[current_].unanswered() == 0) return;
    connections_[current_].Send();
    current_ = (current_ + 1) % connections_.size();
    connections_[current_].AnswerAll();
  }

  void Flush() override {
    for (RedisConnection& connection : connections_) {
      connection.Send();
      connection.AnswerAll();
    }
  }

 private:
  const std::vector<std::string> streams_;
  std::vector<RedisConnection> connections_;
  std::size_t current_ = 0;
};

// Its file holds what was deleted until it is written anew.
void RewriteFile(RedisConnection& connection) {
  connection.Ask({"BGREWRITEAOF"});
  const auto end = std::chrono::steady_clock::now() + kRewritePatience;
  for (;;) {
    const RedisReply reply = connection.Ask({"INFO", "persistence"});
    const std::string_view info(reply->str, reply->len);
    if (info.find("aof_rewrite_in_progress:0") != std::string_view::npos &&
        info.find("aof_rewrite_scheduled:0") != std::string_view::npos) {
      return;
    }
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("redis: its file was not rewritten within 60 s");
    }
    std::this_thread::sleep_for(kRewriteLook);
  }
}

class Redis final : public Peer {
 public:
  explicit Redis(const PeerOptions& options) : options_(options) {}

  void CreateTopic() override {}  // XADD makes the stream

  void DeleteTopic() override {
    RedisConnection connection(options_);
    for (const std::string& stream : StreamNames(options_)) connection.Ask({"UNLINK", stream});
    RewriteFile(connection);
  }

  std::unique_ptr<Publisher> OpenPublisher() override {
    return std::make_unique<RedisPublisher>(options_);
  }
  std::unique_ptr<Subscriber> OpenSubscriber(int group) override {
    return options_.groups ? MakeRedisMember(options_, group) : MakeRedisReader(options_);
  }

 private:
  const PeerOptions options_;
};

}  // namespace

std::unique_ptr<Peer> MakeRedis(const PeerOptions& options) {
  return std::make_unique<Redis>(options);
}

std::vector<std::string> RedisSettings() {
  return {std::to_string(kConnections) + " connections",
          "pipelines of " + std::to_string(kPipeline)};
}

}  // namespace strata::compare
