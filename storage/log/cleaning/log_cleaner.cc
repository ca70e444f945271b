#include "storage/log/cleaning/log_cleaner.h"

#include <utility>

#include <spdlog/spdlog.h>

#include "storage/log/cleaning/log_trimmer.h"
#include "storage/log/cleaning/retention_policy.h"
#include "storage/log/segment_name.h"

namespace strata::storage {
namespace {

// Less than this is a clock that was corrected, or a restart.
constexpr std::chrono::hours kJump{24};

// The log was removed or closed meanwhile, or the store stops: nothing is wrong.
bool IsWorthAWord(const Error& error) {
  return error.code != ErrorCode::UNKNOWN_PARTITION && error.code != ErrorCode::SHUTTING_DOWN &&
         error.code != ErrorCode::CANCELLED;
}

}  // namespace

LogCleaner::LogCleaner(const LogEnvironment& environment, Logs logs,
                       std::chrono::milliseconds interval, std::size_t map_bytes)
    : environment_(environment),
      logs_(std::move(logs)),
      interval_(interval),
      compactor_(environment, map_bytes, [this] { return stopping_.load(); }) {
  if (interval_.count() == 0) return;
  for (const Pass pass : {&LogCleaner::RetainAll, &LogCleaner::CompactAll}) {
    threads_.emplace_back([this, pass] { Run(pass); });
  }
}

LogCleaner::~LogCleaner() {
  Stop();
}

void LogCleaner::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    stop_asked_.NotifyAll();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void LogCleaner::Run(Pass pass) {
  while (Rest()) (this->*pass)();
}

bool LogCleaner::Rest() {
  const auto deadline = std::chrono::steady_clock::now() + interval_;
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (!stop_asked_.WaitUntil(mutex_, deadline)) return !stopping_;
  }
  return false;
}

void LogCleaner::CleanAll() {
  RetainAll();
  CompactAll();
}

// What a failed or damaged disk has left is not touched.
void LogCleaner::RetainAll() {
  NoteTime();
  for (const Log& each : logs_()) {
    if (stopping_) return;
    if (each.log->health()) Retain(each, each.log->options().cleanup);
  }
}

void LogCleaner::CompactAll() {
  for (const Log& each : logs_()) {
    if (stopping_) return;
    const LogOptions options = each.log->options();
    if (each.log->health() && options.cleanup.compact) Compact(each, options);
  }
}

void LogCleaner::NoteTime() {
  const auto ahead = std::chrono::duration_cast<std::chrono::hours>(environment_.clock.Ahead());
  if (ahead < kJump) {
    warned_of_jump_ = false;
  } else if (!warned_of_jump_.exchange(true)) {
    spdlog::warn(
        "the clock is {} hours ahead of where it was; retention follows it at {} times its speed",
        ahead.count(), PacedTime::kMaxSpeed);
  }
  const TimestampMs latest = environment_.clock.Stamp();
  // Without the note the next start believes the clock as it is then.
  if (latest != kNoTimestamp) (void)environment_.state.NoteTime(latest);
}

void LogCleaner::Retain(const Log& each, const CleanupOptions& options) {
  if (!options.retention_age && !options.retention_bytes) return;
  PartitionLog& log = *each.log;
  const std::vector<SegmentView> segments = log.segments();
  if (segments.empty()) return;
  const TimestampMs now = environment_.clock.Now();
  if (const auto start = StartToRetain(segments, options, now)) {
    const Result<Offset> trimmed = TrimLog(environment_, log, *start);
    if (trimmed) {
      spdlog::info("{}: retention has moved the log start to {}", log.name(), *trimmed);
    } else if (IsWorthAWord(trimmed.error())) {
      spdlog::warn("{}: retention has failed: {}", log.name(), trimmed.error().message);
    }
  }
  if (ShouldSealIdle(segments.back(), options, now)) each.seal_last();
}

void LogCleaner::Compact(const Log& each, const LogOptions& options) {
  PartitionLog& log = *each.log;
  const auto outcome = compactor_.Compact(log);
  if (outcome && *outcome && (*outcome)->bytes_before > 0) {
    spdlog::info("{}: compacted {} bytes to {}", log.name(), (*outcome)->bytes_before,
                 (*outcome)->bytes_after);
  }
  if (!outcome && IsWorthAWord(outcome.error())) {
    spdlog::warn("{}: compaction has failed: {}", log.name(), outcome.error().message);
  }
  const std::vector<SegmentView> segments = log.segments();
  const TimestampMs now = environment_.clock.Now();
  if (!segments.empty() && ShouldSealToCompact(segments.back(), options, now)) each.seal_last();
}

}  // namespace strata::storage
