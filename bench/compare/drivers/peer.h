// A peer as the loads see it: whoever has a client library in C gets an implementation.
//
// Topics are new for every load, so that all readers begin at the beginning. What goes wrong is
// thrown as std::runtime_error: it ends the program, and its text stands in the results.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace strata::compare {

struct PeerOptions {
  std::string host;
  int port = 0;
  std::string topic;
  int partitions = 1;
  bool zstd = false;    // where the peer can compress
  bool hurry = false;   // send at once what is there, rather than much at a time
  bool groups = false;  // several read the same, and the peer may be asked to keep their positions
};

// Use it from one thread.
class Publisher {
 public:
  virtual ~Publisher() = default;

  // Copies the value; waits while too many have no acknowledgement. 0 <= partition < partitions.
  virtual void Publish(int partition, std::string_view value) = 0;
  // Nothing more is due right now: sends what waits for company.
  virtual void Push() {}
  // Waits for all acknowledgements.
  virtual void Flush() = 0;
};

// Use it from one thread.
class Subscriber {
 public:
  using Handler = std::function<void(std::string_view value)>;

  virtual ~Subscriber() = default;

  // Begins to read; until then nothing is sent here. Call it once, before Poll.
  virtual void Start() {}
  // Calls `handle` for what has come; waits a little if nothing has. A value is valid within the
  // call.
  virtual void Poll(const Handler& handle) = 0;
};

class Peer {
 public:
  virtual ~Peer() = default;

  virtual void CreateTopic() = 0;
  // Gives its room back: nobody uses it any more.
  virtual void DeleteTopic() = 0;
  // Both are connected when they are returned.
  virtual std::unique_ptr<Publisher> OpenPublisher() = 0;
  // Reads all partitions from their beginnings, apart from all other groups.
  virtual std::unique_ptr<Subscriber> OpenSubscriber(int group) = 0;
};

// One for each library that this was built with, and what its settings differ in from the defaults.
std::unique_ptr<Peer> MakeKafka(const PeerOptions& options);
std::unique_ptr<Peer> MakeNats(const PeerOptions& options);
std::unique_ptr<Peer> MakeRedis(const PeerOptions& options);
std::vector<std::string> KafkaSettings();
std::vector<std::string> NatsSettings();
std::vector<std::string> RedisSettings();

}  // namespace strata::compare
