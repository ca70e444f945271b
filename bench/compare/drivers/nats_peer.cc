// NATS JetStream through libnats: a stream with file storage for each partition.
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include <nats/nats.h>

#include "bench/compare/drivers/peer.h"
#include "bench/compare/drivers/stream_names.h"

namespace strata::compare {
namespace {

constexpr std::int64_t kMaxPending = 4'096;  // publishes without an acknowledgement
constexpr std::int64_t kStallWaitMs = 30'000;
constexpr std::int64_t kFlushMs = 120'000;
constexpr std::int64_t kWaitMs = 10;     // for the first message of a Poll
constexpr int kMessagesPerPoll = 1'000;  // of a partition, before it is the next one's turn

void Check(natsStatus status, const char* what) {
  if (status == NATS_OK) return;
  const char* details = nats_GetLastError(nullptr);
  throw std::runtime_error(std::string("nats: ") + what + ": " + natsStatus_GetText(status) + ": " +
                           (details != nullptr ? details : ""));
}

struct Destroy {
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
  void operator()(natsConnection* connection) const { natsConnection_Destroy(connection); }
  void operator()(natsSubscription* subscription) const { natsSubscription_Destroy(subscription); }
  void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
  void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Destroy>;

Owned<natsConnection> Connect(const PeerOptions& options) {
  natsOptions* made = nullptr;
  Check(natsOptions_Create(&made), "options");
  const Owned<natsOptions> connect_options(made);
  const std::string url = "nats://" + options.host + ":" + std::to_string(options.port);
  Check(natsOptions_SetURL(made, url.c_str()), "address");
  // Otherwise its thread waits a millisecond for company before it writes.
  if (options.hurry) Check(natsOptions_SetSendAsap(made, true), "options");
  natsConnection* connection = nullptr;
  Check(natsConnection_Connect(&connection, made), "connect");
  return Owned<natsConnection>(connection);
}

// Counts a publish that was not stored. Runs on a thread of the library's.
void OnRefused(jsCtx*, jsPubAckErr*, void* refused) {
  ++*static_cast<std::atomic<int>*>(refused);
}

// `refused` may be null where nothing is published.
Owned<jsCtx> JetStreamOf(natsConnection* connection, std::atomic<int>* refused = nullptr) {
  jsOptions options;
  Check(jsOptions_Init(&options), "options");
  if (refused != nullptr) {
    options.PublishAsync.ErrHandler = OnRefused;
    options.PublishAsync.ErrHandlerClosure = refused;
  }
  options.PublishAsync.MaxPending = kMaxPending;
  options.PublishAsync.StallWait = kStallWaitMs;
  jsCtx* context = nullptr;
  Check(natsConnection_JetStream(&context, connection, &options), "JetStream");
  return Owned<jsCtx>(context);
}

class NatsPublisher final : public Publisher {
 public:
  explicit NatsPublisher(const PeerOptions& options)
      : connection_(Connect(options)),
        context_(JetStreamOf(connection_.get(), &refused_)),
        subjects_(StreamNames(options)) {}

  void Publish(int partition, std::string_view value) override {
    const std::string& subject = subjects_[static_cast<std::size_t>(partition)];
    Check(js_PublishAsync(context_.get(), subject.c_str(), value.data(),
                          static_cast<int>(value.size()), nullptr),
          "publish");
  }

  void Flush() override {
    jsPubOptions options;
    Check(jsPubOptions_Init(&options), "options");
    options.MaxWait = kFlushMs;
    Check(js_PublishAsyncComplete(context_.get(), &options), "wait for acknowledgements");
    if (refused_ > 0) {
      throw std::runtime_error("nats: " + std::to_string(refused_) + " publishes have failed");
    }
  }

 private:
  std::atomic<int> refused_ = 0;
  const Owned<natsConnection> connection_;
  const Owned<jsCtx> context_;
  const std::vector<std::string> subjects_;
};

// Ordered consumers: pushed by the server, without acknowledgements, and each its own.
class NatsSubscriber final : public Subscriber {
 public:
  explicit NatsSubscriber(const PeerOptions& options)
      : connection_(Connect(options)),
        context_(JetStreamOf(connection_.get())),
        streams_(StreamNames(options)) {}

  void Start() override {
    for (const std::string& stream : streams_) Subscribe(stream);
  }

  void Poll(const Handler& handle) override {
    bool any = false;
    for (const auto& subscription : subscriptions_) {
      for (int i = 0; i < kMessagesPerPoll && Next(*subscription, 0, handle); ++i) any = true;
    }
    if (!any) Next(*subscriptions_.front(), kWaitMs, handle);
  }

 private:
  void Subscribe(const std::string& stream) {
    jsSubOptions options;
    Check(jsSubOptions_Init(&options), "options");
    options.Stream = stream.c_str();
    options.Ordered = true;
    natsSubscription* subscription = nullptr;
    Check(
        js_SubscribeSync(&subscription, context_.get(), stream.c_str(), nullptr, &options, nullptr),
        "subscribe");
    subscriptions_.emplace_back(subscription);
    Check(natsSubscription_SetPendingLimits(subscription, -1, -1), "limits");
  }

  static bool Next(natsSubscription& subscription, std::int64_t wait_ms, const Handler& handle) {
    natsMsg* made = nullptr;
    const natsStatus status = natsSubscription_NextMsg(&made, &subscription, wait_ms);
    if (status == NATS_TIMEOUT) return false;
    Check(status, "next message");
    const Owned<natsMsg> message(made);
    handle({natsMsg_GetData(made), static_cast<std::size_t>(natsMsg_GetDataLength(made))});
    return true;
  }

  const Owned<natsConnection> connection_;
  const Owned<jsCtx> context_;
  const std::vector<std::string> streams_;
  std::vector<Owned<natsSubscription>> subscriptions_;
};

class Nats final : public Peer {
 public:
  explicit Nats(const PeerOptions& options) : options_(options) {}

  void CreateTopic() override {
    const auto connection = Connect(options_);
    const auto context = JetStreamOf(connection.get());
    for (const std::string& stream : StreamNames(options_)) {
      jsStreamConfig config;
      Check(jsStreamConfig_Init(&config), "options");
      const char* subject = stream.c_str();  // its only one
      config.Name = subject;
      config.Subjects = &subject;
      config.SubjectsLen = 1;
      config.Storage = js_FileStorage;
      config.Replicas = 1;
      Check(js_AddStream(nullptr, context.get(), &config, nullptr, nullptr), "create a stream");
    }
  }

  void DeleteTopic() override {
    const auto connection = Connect(options_);
    const auto context = JetStreamOf(connection.get());
    for (const std::string& stream : StreamNames(options_)) {
      Check(js_DeleteStream(context.get(), stream.c_str(), nullptr, nullptr), "delete a stream");
    }
  }

  std::unique_ptr<Publisher> OpenPublisher() override {
    return std::make_unique<NatsPublisher>(options_);
  }
  // Every ordered consumer is a group of its own.
  std::unique_ptr<Subscriber> OpenSubscriber(int) override {
    return std::make_unique<NatsSubscriber>(options_);
  }

 private:
  const PeerOptions options_;
};

}  // namespace

std::unique_ptr<Peer> MakeNats(const PeerOptions& options) {
  return std::make_unique<Nats>(options);
}

std::vector<std::string> NatsSettings() {
  return {"file storage", "1 replica", std::to_string(kMaxPending) + " publishes in flight",
          "no acknowledgement of deliveries"};
}

}  // namespace strata::compare
