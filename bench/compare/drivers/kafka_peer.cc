// Apache Kafka through librdkafka.
#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "bench/compare/drivers/peer.h"

namespace strata::compare {
namespace {

constexpr int kMessagesPerPoll = 1'000;
constexpr int kPollMs = 100;
constexpr int kFlushMs = 120'000;
constexpr int kConnectMs = 30'000;
constexpr std::uint64_t kPublishesPerPoll = 1'000;  // acknowledgements are taken in so often

using Settings = std::vector<std::pair<std::string, std::string>>;

const Settings kForAll = {{"socket.nagle.disable", "true"}};

const Settings kForPublishers = {
    {"acks", "all"},
    {"linger.ms", "1"},
    {"batch.size", "1048576"},
    {"batch.num.messages", "100000"},
    {"queue.buffering.max.messages", "1000000"},
    // As the Java client has it. With librdkafka's million every millisecond's records would be a
    // request of their own, however many wait already, and no batch would ever fill.
    {"max.in.flight.requests.per.connection", "5"}};

const Settings kForSubscribers = {{"fetch.message.max.bytes", "10485760"},
                                  {"queued.min.messages", "1000000"},
                                  {"queued.max.messages.kbytes", "1048576"}};

Settings Joined(Settings settings, const Settings& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

Settings Common(const PeerOptions& options) {
  return Joined(kForAll,
                {{"bootstrap.servers", options.host + ":" + std::to_string(options.port)}});
}

Settings ForPublisher(const PeerOptions& options) {
  return Joined(Joined(Common(options), kForPublishers),
                {{"compression.codec", options.zstd ? "zstd" : "none"}});
}

Settings ForSubscriber(const PeerOptions& options, int group) {
  return Joined(Joined(Common(options), kForSubscribers),
                {{"group.id", "g" + std::to_string(group)},
                 {"enable.auto.commit", "false"},
                 {"auto.offset.reset", "earliest"}});
}

struct Destroy {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
template <class T>
using Owned = std::unique_ptr<T, Destroy>;

[[noreturn]] void Fail(const std::string& what) {
  throw std::runtime_error("kafka: " + what);
}

void Check(rd_kafka_resp_err_t error, const char* what) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Fail(std::string(what) + ": " + rd_kafka_err2str(error));
  }
}

// The first record that was not stored; `opaque` is where to note it. Runs within Publish and
// Flush.
void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto* first_error = static_cast<rd_kafka_resp_err_t*>(opaque);
  if (*first_error == RD_KAFKA_RESP_ERR_NO_ERROR) *first_error = message->err;
}

Owned<rd_kafka_t> Open(rd_kafka_type_t type, const Settings& settings,
                       rd_kafka_resp_err_t* first_error) {
  std::array<char, 512> why{};
  rd_kafka_conf_t* config = rd_kafka_conf_new();
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(config, name.c_str(), value.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(config);
      Fail(why.data());
    }
  }
  if (type == RD_KAFKA_PRODUCER) {
    rd_kafka_conf_set_opaque(config, first_error);
    rd_kafka_conf_set_dr_msg_cb(config, OnDelivery);
  }
  rd_kafka_t* client = rd_kafka_new(type, config, why.data(), why.size());
  if (client == nullptr) {
    rd_kafka_conf_destroy(config);
    Fail(why.data());
  }
  return Owned<rd_kafka_t>(client);
}

// Clients connect when they have to: asking for something takes that out of what is measured.
void WaitForConnection(rd_kafka_t* client) {
  const struct rd_kafka_metadata* metadata = nullptr;
  Check(rd_kafka_metadata(client, /*all_topics=*/1, nullptr, &metadata, kConnectMs), "connect");
  rd_kafka_metadata_destroy(metadata);
}

class KafkaPublisher final : public Publisher {
 public:
  explicit KafkaPublisher(const PeerOptions& options)
      : client_(Open(RD_KAFKA_PRODUCER, ForPublisher(options), &first_error_)),
        topic_(rd_kafka_topic_new(client_.get(), options.topic.c_str(), nullptr)) {
    WaitForConnection(client_.get());
  }

  void Publish(int partition, std::string_view value) override {
    while (rd_kafka_produce(topic_.get(), partition, RD_KAFKA_MSG_F_COPY,
                            const_cast<char*>(value.data()), value.size(), nullptr, 0,
                            nullptr) != 0) {
      const auto error = rd_kafka_last_error();
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) Check(error, "produce");
      rd_kafka_poll(client_.get(), 1);
    }
    if (++published_ % kPublishesPerPoll == 0) rd_kafka_poll(client_.get(), 0);
    Check(first_error_, "delivery");
  }

  void Push() override { rd_kafka_poll(client_.get(), 0); }

  void Flush() override {
    Check(rd_kafka_flush(client_.get(), kFlushMs), "flush");
    Check(first_error_, "delivery");
  }

 private:
  rd_kafka_resp_err_t first_error_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::uint64_t published_ = 0;
  const Owned<rd_kafka_t> client_;
  const Owned<rd_kafka_topic_t> topic_;
};

class KafkaSubscriber final : public Subscriber {
 public:
  KafkaSubscriber(const PeerOptions& options, int group)
      : options_(options),
        client_(Open(RD_KAFKA_CONSUMER, ForSubscriber(options, group), nullptr)) {
    rd_kafka_poll_set_consumer(client_.get());
    queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
    WaitForConnection(client_.get());
  }

  ~KafkaSubscriber() override {
    queue_.reset();
    rd_kafka_consumer_close(client_.get());
  }

  // From offset 0, which is the first one of a new topic: librdkafka asks the broker for
  // RD_KAFKA_OFFSET_BEGINNING, and fetches only half a second after the answer.
  void Start() override {
    const Owned<rd_kafka_topic_partition_list_t> all(
        rd_kafka_topic_partition_list_new(options_.partitions));
    for (int i = 0; i < options_.partitions; ++i) {
      rd_kafka_topic_partition_list_add(all.get(), options_.topic.c_str(), i)->offset = 0;
    }
    Check(rd_kafka_assign(client_.get(), all.get()), "assign");
  }

  // A batch would wait for company all its time: only the first message is waited for.
  void Poll(const Handler& handle) override {
    rd_kafka_message_t* first = rd_kafka_consume_queue(queue_.get(), kPollMs);
    if (first == nullptr) return;
    HandleAndFree(first, handle);
    const auto count =
        rd_kafka_consume_batch_queue(queue_.get(), 0, messages_.data(), messages_.size());
    if (count < 0) Check(rd_kafka_last_error(), "consume");
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      HandleAndFree(messages_[i], handle);
    }
  }

 private:
  // Messages with an error tell of something that librdkafka tries again.
  static void HandleAndFree(rd_kafka_message_t* message, const Handler& handle) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      handle({static_cast<const char*>(message->payload), message->len});
    }
    rd_kafka_message_destroy(message);
  }

  const PeerOptions options_;
  const Owned<rd_kafka_t> client_;
  Owned<rd_kafka_queue_t> queue_;
  std::array<rd_kafka_message_t*, kMessagesPerPoll> messages_{};
};

class Kafka final : public Peer {
 public:
  explicit Kafka(const PeerOptions& options) : options_(options) {}

  void CreateTopic() override { Fail("its own TopicCommand creates topics"); }
  void DeleteTopic() override { Fail("its own TopicCommand deletes topics"); }
  std::unique_ptr<Publisher> OpenPublisher() override {
    return std::make_unique<KafkaPublisher>(options_);
  }
  std::unique_ptr<Subscriber> OpenSubscriber(int group) override {
    return std::make_unique<KafkaSubscriber>(options_, group);
  }

 private:
  const PeerOptions options_;
};

}  // namespace

std::unique_ptr<Peer> MakeKafka(const PeerOptions& options) {
  return std::make_unique<Kafka>(options);
}

std::vector<std::string> KafkaSettings() {
  std::vector<std::string> texts;
  for (const auto& [name, value] : Joined(Joined(kForAll, kForPublishers), kForSubscribers)) {
    texts.push_back(name + "=" + value);
  }
  return texts;
}

}  // namespace strata::compare
