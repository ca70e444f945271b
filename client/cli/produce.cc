// strata produce: a record for each line of standard input.
#include <atomic>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "client/cli/broker_watch.h"
#include "client/cli/context.h"
#include "client/cli/line_splitter.h"
#include "client/cli/options.h"
#include "client/cli/progress.h"
#include "client/cli/record_format.h"
#include "client/cli/retry_notice.h"
#include "client/lib/producer.h"
#include "proto/base/mutex.h"

namespace strata::cli {
namespace {

constexpr std::size_t kBlockBytes = 1 << 20;
// As much as the largest message that is ever received.
constexpr std::size_t kMaxLineBytes = 64 << 20;
constexpr std::int64_t kMaxDeliveryTimeoutS = 24 * 60 * 60;

struct ProduceOptions {
  std::string topic;
  std::string key_separator;
  std::optional<std::string> null_value;
  std::optional<std::int32_t> partition;
  ProducerOptions producer;
  std::int64_t delivery_timeout_s = 120;
};

// What has become of the lines. Thread-safe.
class Tally {
 public:
  explicit Tally(RetryNotice& notice) : notice_(notice) {}

  void Count(std::uint64_t line, const Result<Placed>& placed) {
    if (placed) {
      if (delayed_.exchange(false, std::memory_order_relaxed)) notice_.Accepted();
      acknowledged_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    MutexLock lock(mutex_);
    if (first_ && first_->line <= line) return;
    first_ = Failure{line, placed.error()};
    failed_ = true;
  }

  void Delay(const Error& why) {
    delayed_ = true;
    notice_.Refused(why);
    MutexLock lock(mutex_);
    last_refusal_ = why.code;
  }

  bool failed() const { return failed_; }
  std::uint64_t acknowledged() const { return acknowledged_; }

  Result<void> Summary() const {
    MutexLock lock(mutex_);
    if (!first_) return Ok();
    return Fail(first_->error.code, fmt::format("line {} of the input: {}; {}", first_->line,
                                                first_->error.message, AcknowledgedText()));
  }

  // What to do about the first failure; for a record that has waited too long, about what it has
  // waited for.
  std::string_view Remedy() const {
    MutexLock lock(mutex_);
    if (!first_) return {};
    const bool waited = first_->error.code == ErrorCode::TIMEOUT && last_refusal_;
    return ErrorRemedy(waited ? *last_refusal_ : first_->error.code);
  }

  // "1 record was acknowledged"
  std::string AcknowledgedText() const {
    const std::uint64_t count = acknowledged_;
    return fmt::format("{} record{} acknowledged", count, count == 1 ? " was" : "s were");
  }

 private:
  struct Failure {
    std::uint64_t line;
    Error error;
  };
  RetryNotice& notice_;
  std::atomic<bool> delayed_ = false;  // since the last acknowledgement
  std::atomic<std::uint64_t> acknowledged_ = 0;
  std::atomic<bool> failed_ = false;
  mutable Mutex mutex_;
  std::optional<Failure> first_ STRATA_GUARDED_BY(mutex_);  // by line
  std::optional<ErrorCode> last_refusal_ STRATA_GUARDED_BY(mutex_);
};

// Sends lines as records.
class LineSender {
 public:
  LineSender(const ProduceOptions& options, Producer& producer, Tally& tally)
      : options_(options), producer_(producer), tally_(tally) {}

  void operator()(std::string_view text) {
    ++line_;
    bytes_ += text.size();
    RecordView record;
    record.value = text;
    const std::string& separator = options_.key_separator;
    const std::size_t at = separator.empty() ? std::string_view::npos : text.find(separator);
    if (at != std::string_view::npos) {
      record.key = text.substr(0, at);
      record.value = text.substr(at + separator.size());
    }
    if (record.value == options_.null_value) record.value.reset();
    producer_.Send(
        record, [this, line = line_](const Result<Placed>& placed) { tally_.Count(line, placed); },
        options_.partition);
  }

  std::uint64_t lines() const { return line_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  const ProduceOptions& options_;
  Producer& producer_;
  Tally& tally_;
  std::uint64_t line_ = 0;
  std::uint64_t bytes_ = 0;
};

// How much was read; 0 at the end.
Result<std::size_t> ReadBlock(std::string* block) {
  while (true) {
    const ssize_t size = read(STDIN_FILENO, block->data(), block->size());
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno != EINTR) {
      return Fail(ErrorCode::IO_ERROR, fmt::format("cannot read standard input: {}",
                                                   std::generic_category().message(errno)));
    }
  }
}

Result<void> SendLines(const Tally& tally, BrokerWatch& watch, LineSender& sender,
                       Progress& progress) {
  LineSplitter splitter(kMaxLineBytes);
  std::string block(kBlockBytes, '\0');
  while (!tally.failed()) {
    STRATA_TRY_ASSIGN(const std::size_t size, ReadBlock(&block));
    // Each record has its own time to wait for a broker that is away. While there are some that
    // wait, no others join them: so the command gives up when the first one does.
    watch.WaitUntilReachable(
        [&] { return tally.failed() || tally.acknowledged() == sender.lines(); });
    if (size == 0) {
      splitter.Finish(sender);
      break;
    }
    if (!splitter.Feed(std::string_view(block).substr(0, size), sender)) {
      return Fail(ErrorCode::RECORD_TOO_LARGE,
                  fmt::format("line {} of the input is longer than {} bytes", sender.lines() + 1,
                              kMaxLineBytes));
    }
    progress.Show(sender.lines(), sender.bytes());
  }
  return Ok();
}

Result<void> Produce(Context& context, const ProduceOptions& options) {
  STRATA_TRY_ASSIGN(auto connection, context.Connect());
  RetryNotice notice("the records");
  Tally tally(notice);
  ProducerOptions producer_options = options.producer;
  producer_options.delayed = [&tally](const Error& why) { tally.Delay(why); };
  STRATA_TRY_ASSIGN(const auto producer,
                    Producer::Open(connection, options.topic, producer_options));
  BrokerWatch watch(connection);
  LineSender sender(options, *producer, tally);
  Progress progress;
  const Result<void> sent = SendLines(tally, watch, sender, progress);
  producer->Flush();
  progress.Finish(sender.lines(), sender.bytes());
  context.hint = tally.Remedy();
  STRATA_TRY(tally.Summary());
  if (sent) return Ok();
  context.hint = sent.error().code == ErrorCode::IO_ERROR
                     ? "see where it comes from"
                     : "break the line up: no topic can take it";
  return Fail(sent.error().code,
              fmt::format("{}; {}", sent.error().message, tally.AcknowledgedText()));
}

void SetSeparator(const std::string& text, std::string* separator) {
  auto plain = Unescape(text);
  if (!plain) throw CLI::ValidationError("--key-separator", plain.error().message);
  if (plain->empty()) throw CLI::ValidationError("--key-separator", "it is empty");
  *separator = *std::move(plain);
}

}  // namespace

void AddProduce(CLI::App& app, Context& context) {
  CLI::App& command = *app.add_subcommand(
      "produce", "Appends each line of standard input as a record, byte for byte");
  auto options = std::make_shared<ProduceOptions>();
  command.add_option("TOPIC", options->topic, "name of the topic")->required();
  command
      .add_option_function<std::string>(
          "--key-separator",
          [options](const std::string& text) { SetSeparator(text, &options->key_separator); },
          "what stands in front of its first occurrence is the key (\\t is understood); a line "
          "without it has no key")
      ->type_name("SEP");
  command
      .add_option(
          "--null-value", options->null_value,
          "a value that is exactly this text is none at all: a tombstone, which deletes its "
          "key from a compacted topic")
      ->type_name("TEXT");
  AddPartition(command, &options->partition,
               "append to this partition (default: by key, or in turn)");
  AddCompression(command, &options->producer.compression);
  AddDurability(command, &options->producer.durability);
  command
      .add_option("--delivery-timeout", options->delivery_timeout_s,
                  "seconds that a record may wait for its acknowledgement, with all retries")
      ->type_name("SECONDS")
      ->check(WholeNumber(1, kMaxDeliveryTimeoutS))
      ->capture_default_str();
  command.callback([&context, options] {
    options->producer.delivery_timeout = std::chrono::seconds(options->delivery_timeout_s);
    context.action = [&context, options] { return Produce(context, *options); };
  });
}

}  // namespace strata::cli
