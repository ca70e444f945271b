#include "broker/groups/member_journal.h"

#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace strata::broker {
namespace {

constexpr std::int64_t kLinesPerSecond = 20;
constexpr std::size_t kMostWaiting = 100;

void WriteToLog(const std::string& line, bool is_trouble) {
  spdlog::log(is_trouble ? spdlog::level::warn : spdlog::level::info, "{}", line);
}

}  // namespace

MemberJournal::MemberJournal(Metrics& metrics) : MemberJournal(metrics, WriteToLog) {}

MemberJournal::MemberJournal(Metrics& metrics, Write write)
    : metrics_(metrics),
      write_(std::move(write)),
      news_(kLinesPerSecond),
      trouble_(kLinesPerSecond),
      writer_("strata-journal", 1, kMostWaiting) {}

void MemberJournal::Joined(const std::string& group, const MemberInfo& member) {
  metrics_.CountJoin();
  Tell(fmt::format("{} has joined group '{}'", Describe(member), group), /*is_trouble=*/false);
}

void MemberJournal::Gone(const std::string& group, const MemberInfo& member, const Departure& why) {
  const std::string who = Describe(member);
  if (why.error) {
    const std::string_view reason = ErrorName(why.error->code);
    metrics_.CountDeparture(reason);
    return Tell(
        fmt::format("{} is out of group '{}': {} ({})", who, group, why.error->message, reason),
        /*is_trouble=*/true);
  }
  if (why.disconnected) {
    metrics_.CountDeparture("disconnected");
    return Tell(
        fmt::format("{} is gone from group '{}': its connection has ended or is dead", who, group),
        /*is_trouble=*/false);
  }
  metrics_.CountDeparture("left");
  Tell(fmt::format("{} has left group '{}'", who, group), /*is_trouble=*/false);
}

void MemberJournal::NotBack(const std::string& group, const MemberInfo& member,
                            std::chrono::milliseconds within) {
  Tell(fmt::format("{} has not come back to group '{}' within {} ms, and loses its place",
                   Describe(member), group, within.count()),
       /*is_trouble=*/false);
}

void MemberJournal::NotReleased(const std::string& group, const MemberId& member,
                                std::size_t partitions) {
  Tell(fmt::format("member '{}' of group '{}' has lost partitions that it did not release in time: "
                   "{} of them",
                   member, group, partitions),
       /*is_trouble=*/true);
}

void MemberJournal::Tell(std::string line, bool is_trouble) {
  MutexLock lock(mutex_);
  LineLimit& limit = is_trouble ? trouble_ : news_;
  const auto kept_back = limit.Take(LineLimit::Clock::now());
  if (!kept_back) return;
  if (*kept_back > 0) line += fmt::format(" (lines like this that are not shown: {})", *kept_back);
  const bool taken =
      writer_.Post([this, line = std::move(line), is_trouble] { write_(line, is_trouble); });
  if (!taken) limit.KeepBack(*kept_back + 1);
}

}  // namespace strata::broker
