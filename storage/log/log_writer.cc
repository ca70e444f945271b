#include "storage/log/log_writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

namespace strata::storage {
namespace {

// Up to here single flushes are faster than one of the whole file system.
constexpr std::size_t kFlushEachUpTo = 4;

Error ShuttingDown() {
  return {ErrorCode::SHUTTING_DOWN, "the broker is shutting down"};
}

Error Overloaded() {
  return {ErrorCode::OVERLOADED, "too many bytes wait for the disk"};
}

}  // namespace

LogWriter::LogWriter(const LogEnvironment& environment, QueueBudget& budget, const Options& options)
    : environment_(environment), budget_(budget), options_(options), thread_([this] { Run(); }) {}

LogWriter::~LogWriter() {
  Stop(StopMode::kAbandon);
  {
    MutexLock lock(mutex_);
    end_ = true;
    work_came_.NotifyOne();
  }
  thread_.join();
}

void LogWriter::Enqueue(std::shared_ptr<PartitionAppender> appender, const BatchHeader& header,
                        Fragments batch, Durability durability, AppendCallback done) {
  MutexLock lock(mutex_);
  std::optional<QueueBudget::Share> room;
  if (!stop_) room = budget_.Take(header.total_bytes());
  if (!room) {
    posted_.push_back([done = std::move(done), error = stop_ ? ShuttingDown() : Overloaded()] {
      done(Fail(error));
    });
  } else {
    queue_.push_back({std::move(appender), header, std::move(batch), durability,
                      PendingAck(std::move(done), *std::move(room))});
  }
  if (queue_.size() + posted_.size() == 1) work_came_.NotifyOne();
}

void LogWriter::Roll(std::shared_ptr<PartitionAppender> appender) {
  MutexLock lock(mutex_);
  if (stop_) return;
  rolls_.push_back(std::move(appender));
  work_came_.NotifyOne();
}

void LogWriter::Post(std::function<void()> callback) {
  MutexLock lock(mutex_);
  posted_.push_back(std::move(callback));
  work_came_.NotifyOne();
}

void LogWriter::Release(const Appenders& appenders) {
  MutexLock lock(mutex_);
  if (stopped_) return;
  releases_.insert(releases_.end(), appenders.begin(), appenders.end());
  const std::uint64_t mine = ++releases_asked_;
  work_came_.NotifyOne();
  while (releases_done_ < mine && !stopped_) work_done_.Wait(mutex_);
}

void LogWriter::Stop(StopMode mode) {
  MutexLock lock(mutex_);
  if (!stop_) stop_ = mode;
  work_came_.NotifyOne();
  while (!stopped_) work_done_.Wait(mutex_);
}

void LogWriter::Run() {
  while (true) {
    Work work = Take();
    for (const auto& callback : std::exchange(work.posted, {})) callback();
    if (work.end) return;
    if (work.stop) {
      Finish(std::move(work));
    } else {
      RunRound(std::move(work));
    }
  }
}

LogWriter::Work LogWriter::Take() {
  const auto deadline = NextDeadline();
  MutexLock lock(mutex_);
  while (queue_.empty() && rolls_.empty() && posted_.empty() && releases_.empty() && !end_ &&
         (!stop_ || stopped_)) {
    if (!deadline) {
      work_came_.Wait(mutex_);
    } else if (!work_came_.WaitUntil(mutex_, *deadline)) {
      break;
    }
  }
  return {std::exchange(queue_, {}),
          std::exchange(rolls_, {}),
          std::exchange(posted_, {}),
          std::exchange(releases_, {}),
          releases_asked_,
          stop_,
          end_};
}

void LogWriter::RunRound(Work work) {
  const Clock::time_point now = Clock::now();
  for (PartitionAppender* appender : work.releases) {
    appender->Abandon(ErrorCode::UNKNOWN_PARTITION);
  }
  Write(&work, now);
  Flush(now);
  UpdateIndex();
  NoteStable(now);
  CloseIdleFiles();
  touched_.clear();
  ForgetReleased(work);
}

void LogWriter::Write(Work* work, Clock::time_point now) {
  for (PendingAppend& append : std::exchange(work->appends, {})) {
    auto appender = append.appender;
    if (appender->Queue(std::move(append))) touched_.push_back(std::move(appender));
  }
  for (auto& appender : std::exchange(work->rolls, {})) {
    if (appender->QueueRoll()) touched_.push_back(std::move(appender));
  }
  const bool single_flush = touched_.size() <= kFlushEachUpTo;
  for (const auto& appender : touched_) {
    appender->WriteQueued(now, single_flush);
    if (appender->flush_due()) dirty_.insert(appender.get());
    if (appender->active().file_open()) open_.insert(appender.get());
  }
}

void LogWriter::Flush(Clock::time_point now) {
  std::erase_if(dirty_, [](const PartitionAppender* appender) { return !appender->flush_due(); });
  Appenders due;
  for (PartitionAppender* appender : dirty_) {
    if (*appender->flush_due() <= now) due.push_back(appender);
  }
  if (due.empty()) return;
  if (due.size() <= kFlushEachUpTo) {
    FlushEach(due);
  } else {
    FlushTogether();
  }
}

void LogWriter::FlushEach(const Appenders& due) {
  for (PartitionAppender* appender : due) {
    dirty_.erase(appender);
    if (const Result<void> flushed = appender->Flush(); !flushed) {
      spdlog::error("{}", flushed.error().message);
      appender->Poison(flushed.error());
      continue;
    }
    appender->Flushed();
    moved_.insert(appender);
  }
}

void LogWriter::FlushTogether() {
  const Result<void> flushed = environment_.gate.SyncAll();
  if (!flushed) spdlog::error("{}", flushed.error().message);
  for (PartitionAppender* appender : std::exchange(dirty_, {})) {
    if (flushed) {
      appender->Flushed();
      moved_.insert(appender);
    } else {
      appender->Poison(flushed.error());
    }
  }
}

void LogWriter::UpdateIndex() {
  IndexUpdate update;
  for (const auto& appender : touched_) appender->TakeIndexUpdate(&update);
  environment_.index.Put(update);
}

void LogWriter::NoteStable(Clock::time_point now) {
  if (moved_.empty()) return;
  if (!note_due_) note_due_ = now + options_.note_interval;
  if (now < *note_due_) return;
  std::vector<std::pair<PartitionId, Offset>> stable;
  std::vector<std::pair<PartitionId, std::string>> producers;
  for (PartitionAppender* appender : moved_) {
    const PartitionId id = appender->log().id();
    stable.emplace_back(id, appender->log().ends().stable);
    if (auto note = appender->producers().TakeNote()) producers.emplace_back(id, *std::move(note));
  }
  Result<void> noted = environment_.state.NoteStable(stable);
  if (noted) noted = environment_.state.NoteProducers(producers);
  if (!noted) {
    for (PartitionAppender* appender : moved_) appender->producers().NoteLost();
  }
  // It goes on failing until the truth is mended.
  if (!noted && !note_failed_) spdlog::warn("{}", noted.error().message);
  note_failed_ = !noted;
  if (note_failed_) {
    note_due_ = now + options_.note_interval;
    return;
  }
  moved_.clear();
  note_due_.reset();
}

void LogWriter::CloseIdleFiles() {
  if (open_.size() <= options_.max_open_files) return;
  Appenders idle;
  for (PartitionAppender* appender : open_) {
    if (!appender->flush_due()) idle.push_back(appender);
  }
  const std::size_t excess = open_.size() - options_.max_open_files * 7 / 8;
  const std::size_t count = std::min(excess, idle.size());
  const auto end = idle.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(idle.begin(), end, idle.end(),
                    [](const auto* a, const auto* b) { return a->last_used() < b->last_used(); });
  std::for_each(idle.begin(), end, [this](PartitionAppender* appender) {
    appender->active().CloseFile();
    open_.erase(appender);
  });
}

void LogWriter::ForgetReleased(const Work& work) {
  if (work.releases.empty()) return;
  for (PartitionAppender* appender : work.releases) {
    dirty_.erase(appender);
    moved_.erase(appender);
    open_.erase(appender);
  }
  if (moved_.empty()) note_due_.reset();
  MutexLock lock(mutex_);
  releases_done_ = work.releases_asked;
  work_done_.NotifyAll();
}

void LogWriter::Finish(Work work) {
  if (*work.stop == StopMode::kFinish) {
    RunRound(std::move(work));
    if (!dirty_.empty()) FlushTogether();
  } else {
    for (PendingAppend& append : work.appends) append.ack.Tell(Fail(ShuttingDown()));
  }
  // Nobody may be flushed or noted any more: the partitions go before this thread does.
  dirty_.clear();
  moved_.clear();
  open_.clear();
  note_due_.reset();
  MutexLock lock(mutex_);
  stopped_ = true;
  work_done_.NotifyAll();
}

std::optional<LogWriter::Clock::time_point> LogWriter::NextDeadline() const {
  std::optional<Clock::time_point> next = note_due_;
  for (const PartitionAppender* appender : dirty_) {
    if (!next || *appender->flush_due() < *next) next = appender->flush_due();
  }
  return next;
}

}  // namespace strata::storage
