#include "broker/server/broker.h"

#include <chrono>
#include <limits>
#include <utility>

#include <spdlog/spdlog.h>

#include "broker/append/appender.h"
#include "broker/delivery/response_budget.h"
#include "broker/groups/group_gauges.h"
#include "broker/groups/group_registry.h"
#include "broker/groups/mend_cursors.h"
#include "broker/producers/producer_registry.h"
#include "broker/rpc/admin_handler.h"
#include "broker/rpc/admin_service.h"
#include "broker/rpc/data_service.h"
#include "broker/rpc/groups_handler.h"
#include "broker/rpc/groups_service.h"
#include "broker/rpc/producers_handler.h"
#include "broker/server/cluster_id.h"
#include "broker/server/start_count.h"
#include "broker/server/version.h"
#include "broker/threads/executor.h"
#include "broker/threads/mender.h"
#include "broker/threads/timers.h"
#include "broker/topics/log_problem.h"
#include "storage/local_store.h"

namespace strata::broker {
namespace {

storage::LocalStoreOptions StoreOptionsOf(const BrokerConfig& config) {
  storage::LocalStoreOptions options;
  options.data_dir = config.data_dir;
  options.log_writers = static_cast<int>(config.log_writers);
  options.tail_cache_bytes = static_cast<std::size_t>(config.tail_cache_bytes);
  options.max_queued_bytes = static_cast<std::size_t>(config.max_queued_bytes);
  options.disk_reserve_bytes = config.disk_reserve_bytes;
  options.producer_limits = {static_cast<std::size_t>(config.max_producers_per_partition),
                             std::chrono::milliseconds(config.producer_expiry_ms)};
  options.compaction_map_bytes = static_cast<std::size_t>(config.compaction_map_bytes);
  options.cleanup_interval = std::chrono::milliseconds(config.cleanup_interval_ms);
  return options;
}

TopicLimits TopicLimitsOf(const BrokerConfig& config) {
  TopicLimits limits;
  limits.default_partitions = static_cast<std::int32_t>(config.default_partitions);
  limits.max_partitions_per_topic = static_cast<std::int32_t>(config.max_partitions_per_topic);
  limits.max_partitions_total = static_cast<std::int32_t>(config.max_partitions_total);
  limits.max_batch_bytes = config.max_append_message_bytes - kRequestOverheadBytes;
  return limits;
}

// Making a topic of thousands of partitions takes long: a second thread keeps the rest of the
// administration going.
constexpr int kAdminThreads = 2;

// Generations of one run lie above those of all runs before: 3,000,000,007 is the seventh change of
// a group since the third start.
constexpr Generation kGenerationsPerStart = 1'000'000'000;

// The truth is small and opened anew in a moment, and nobody can commit without it.
constexpr Mender::Pace kTruthPace{std::chrono::milliseconds(1'000),
                                  std::chrono::milliseconds(4'000)};

// A member or reader posts one task at a time, and one that is refused would wait for ever; their
// number is bounded by the streams that are open.
constexpr std::size_t kMaxDeliveryTasks = std::numeric_limits<std::size_t>::max();

class LocalBroker final : public Broker {
 public:
  LocalBroker(const BrokerConfig& config, std::unique_ptr<storage::LocalStore> store,
              std::unique_ptr<TopicRegistry> topics, std::unique_ptr<Executor> deletions,
              std::unique_ptr<ProducerRegistry> producers, std::string cluster_id,
              std::int64_t starts)
      : store_(std::move(store)),
        topics_(std::move(topics)),
        deletions_(std::move(deletions)),
        producers_(std::move(producers)),
        groups_({store_->logs(), store_->cursors(), timers_,
                 std::chrono::milliseconds(config.revoke_timeout_ms), config.max_members_per_group,
                 starts * kGenerationsPerStart,
                 [this](storage::TopicId id) { return topics_->FindById(id); }, journal_},
                *topics_, config.max_groups),
        appender_(*topics_, store_->logs(), metrics_),
        admin_handler_(*topics_, store_->logs(), {std::string(kVersion), std::move(cluster_id)}),
        groups_handler_(groups_, *topics_, store_->logs()),
        producers_handler_(*producers_),
        budget_(static_cast<std::size_t>(config.max_unread_bytes)),
        delivery_executor_("strata-read", static_cast<int>(config.reader_threads),
                           kMaxDeliveryTasks) {
    metrics_.AddGauge("strata_topics", "Topics", [this] { return topics_->topic_count(); });
    metrics_.AddGauge("strata_partitions", "Partitions of all topics",
                      [this] { return topics_->partition_count(); });
    metrics_.AddGauge("strata_partitions_with_problems",
                      "Partitions that are damaged or take no appends",
                      [this] { return CountProblems(*topics_, store_->logs()); });
    metrics_.AddGauge("strata_truth_failed",
                      "1 while topics, groups and commits cannot be written to the disk, else 0",
                      [this] { return store_->truth_health() ? 0 : 1; });
    metrics_.AddGauges([this] { return group_gauges_.Read(); });
    const auto read_max_bytes = static_cast<std::size_t>(config.read_max_bytes);
    services_.push_back(MakeAdminService(admin_handler_, admin_executor_));
    services_.push_back(MakeDataService(appender_, {*topics_,
                                                    store_->logs(),
                                                    producers_handler_,
                                                    delivery_executor_,
                                                    admin_executor_,
                                                    timers_,
                                                    metrics_,
                                                    budget_,
                                                    {read_max_bytes, config.read_max_wait_ms}}));
    services_.push_back(MakeGroupsService(
        groups_handler_, {*topics_,
                          groups_,
                          store_->logs(),
                          delivery_executor_,
                          admin_executor_,
                          metrics_,
                          budget_,
                          timers_,
                          journal_,
                          {read_max_bytes, std::chrono::milliseconds(config.max_processing_ms),
                           std::chrono::milliseconds(config.static_return_ms)}}));
  }

  ~LocalBroker() override {
    if (auto closed = Close(); !closed) spdlog::error("cannot close: {}", closed.error().message);
  }

  const std::vector<std::unique_ptr<RpcService>>& services() const override { return services_; }
  Metrics& metrics() override { return metrics_; }

  Result<void> health() const override {
    const Result<void> truth = store_->truth_health();
    if (truth) return Ok();
    return Fail(truth.error().code,
                "topics, groups and commits cannot be written: " + truth.error().message);
  }

  Result<void> Close() override {
    truth_mender_->Stop();
    log_mender_->Stop();
    admin_executor_.Stop();
    delivery_executor_.Stop();
    group_gauges_.Stop();
    topics_->StopDeletions();
    deletions_->Stop();
    if (std::exchange(closed_, true)) return Ok();
    groups_.WriteMoved();
    return store_->Close();
  }

 private:
  bool MendTruth() {
    if (store_->truth_health()) return true;
    const Result<void> mended = store_->MendTruth();
    if (!mended) {
      spdlog::debug("the truth cannot be mended yet: {}", mended.error().message);
      return false;
    }
    // Logs lean on it, and so does what was begun and could not be finished.
    topics_->Mend();
    return true;
  }

  // In the order of use: each is used by what stands below it, and outlives it.
  const std::unique_ptr<storage::LocalStore> store_;
  const std::unique_ptr<TopicRegistry> topics_;
  const std::unique_ptr<Executor> deletions_;  // of the registry's
  const std::unique_ptr<ProducerRegistry> producers_;
  Metrics metrics_;
  MemberJournal journal_{metrics_};
  ThreadTimers timers_;
  GroupRegistry groups_;
  Appender appender_;
  AdminHandler admin_handler_;
  GroupsHandler groups_handler_;
  ProducersHandler producers_handler_;
  ResponseBudget budget_;
  GroupGauges group_gauges_{groups_, *topics_, store_->logs()};
  Executor admin_executor_{"strata-admin", kAdminThreads};
  Executor delivery_executor_;
  const std::shared_ptr<Mender> truth_mender_ =
      Mender::Start({admin_executor_, timers_}, kTruthPace, [this] { return MendTruth(); });
  const std::shared_ptr<Mender> log_mender_ =
      Mender::Start({admin_executor_, timers_}, {}, [this] { return topics_->Mend() == 0; });
  std::vector<std::unique_ptr<RpcService>> services_;
  bool closed_ = false;
};

}  // namespace

Result<std::unique_ptr<Broker>> Broker::Open(const BrokerConfig& config) {
  STRATA_TRY_ASSIGN(auto store, storage::LocalStore::Open(StoreOptionsOf(config)));
  std::unique_ptr<TopicRegistry> topics;  // outlives its deletions
  auto deletions = std::make_unique<Executor>("strata-delete", 1);
  const auto run_behind = [&executor = *deletions](std::function<void()> deletion) {
    // What it does not take is for the next start.
    (void)executor.Post(std::move(deletion));
  };
  STRATA_TRY_ASSIGN(topics, TopicRegistry::Open(store->metadata(), store->logs(), store->cursors(),
                                                TopicLimitsOf(config), run_behind));
  spdlog::info("topics: {}, partitions of all together: {}", topics->topic_count(),
               topics->partition_count());
  STRATA_TRY(MendCursors(store->cursors(), store->logs()));
  STRATA_TRY_ASSIGN(auto producers,
                    ProducerRegistry::Open(store->metadata(), store->logs(),
                                           {config.max_producer_names, config.producer_expiry_ms}));
  STRATA_TRY_ASSIGN(std::string cluster_id, LoadOrMakeClusterId(store->metadata()));
  STRATA_TRY_ASSIGN(const std::int64_t starts, CountStart(store->metadata()));
  return std::make_unique<LocalBroker>(config, std::move(store), std::move(topics),
                                       std::move(deletions), std::move(producers),
                                       std::move(cluster_id), starts);
}

}  // namespace strata::broker
