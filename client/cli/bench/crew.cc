#include "client/cli/bench/crew.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "client/cli/bench/at_once.h"
#include "client/lib/admin.h"

namespace strata::cli {
namespace {

Amount ReceivedBy(const std::vector<std::unique_ptr<CrewMember>>& members) {
  Amount amount;
  for (const auto& member : members) amount += member->received();
  return amount;
}

}  // namespace

Result<std::unique_ptr<Crew>> Crew::Join(const Context& context, const std::string& topic,
                                         const CrewShape& shape, RunState& run) {
  std::unique_ptr<Crew> crew(new Crew(context, topic, shape, run));
  // Nobody else's name.
  const std::uint32_t run_id = std::random_device{}();
  for (int i = 0; i < shape.groups; ++i) {
    STRATA_TRY(crew->JoinGroup(fmt::format("strata-bench-{:08x}-{}", run_id, i)));
  }
  return crew;
}

Crew::Crew(const Context& context, std::string topic, const CrewShape& shape, RunState& run)
    : context_(context), topic_(std::move(topic)), shape_(shape), run_(run) {}

Result<void> Crew::JoinGroup(const std::string& name) {
  Group& group = groups_.emplace_back(Group{.name = name, .members = {}});
  for (int i = 0; i < shape_.members; ++i) {
    STRATA_TRY_ASSIGN(auto connection, context_.Connect());
    STRATA_TRY_ASSIGN(auto member, CrewMember::Join(std::move(connection), name, topic_, run_));
    group.members.push_back(std::move(member));
  }
  return Ok();
}

Crew::~Crew() {
  for (const Group& group : groups_) {
    for (const auto& member : group.members) member->BeginToLeave();
  }
  for (Group& group : groups_) group.members.clear();
  const auto deleted = DeleteGroups();
  if (deleted) return;
  std::vector<std::string> names;
  for (const Group& group : groups_) names.push_back(group.name);
  fmt::print(stderr, "strata: these groups stay behind: {}: {}\n", fmt::join(names, ", "),
             deleted.error().message);
}

Result<void> Crew::DeleteGroups() {
  STRATA_TRY_ASSIGN(const auto connection, context_.Connect());
  Admin admin(connection);
  while (!groups_.empty()) {
    const auto deleted = admin.DeleteGroup(groups_.back().name);
    if (!deleted && deleted.error().code != ErrorCode::UNKNOWN_GROUP) return deleted;
    groups_.pop_back();
  }
  return Ok();
}

Result<void> Crew::WaitUntilSettled(const std::function<void()>& look) {
  const auto settled = [this] {
    return run_.interrupted() ||
           std::all_of(groups_.begin(), groups_.end(),
                       [this](const Group& group) { return IsSettled(group); });
  };
  const auto held = [this] {
    std::int64_t sum = 0;
    for (const Group& group : groups_) {
      for (const auto& member : group.members) sum += member->held();
    }
    return static_cast<std::uint64_t>(sum);
  };
  return WaitWhileMoving(settled, held, "not all groups hold their partitions", look);
}

bool Crew::IsSettled(const Group& group) const {
  const std::int64_t least = shape_.partitions / shape_.members;
  std::int64_t sum = 0;
  for (const auto& member : group.members) {
    if (member->held() < least) return false;
    sum += member->held();
  }
  return sum == shape_.partitions;
}

Result<void> Crew::WaitFor(std::uint64_t records, const std::function<void()>& look) {
  const auto have_all = [this, records] {
    return std::all_of(groups_.begin(), groups_.end(), [records](const Group& group) {
      return ReceivedBy(group.members).records >= records;
    });
  };
  return WaitWhileMoving(
      have_all, [this] { return received().records; }, "not all groups got all records", look);
}

Result<void> Crew::WaitWhileMoving(const std::function<bool()>& done,
                                   const std::function<std::uint64_t()>& moved,
                                   const std::string& what, const std::function<void()>& look) {
  using Clock = std::chrono::steady_clock;
  const std::chrono::seconds patience(context_.timeout_s);
  std::uint64_t last = moved();
  auto gives_up_at = Clock::now() + patience;
  bool gave_up = false;
  LookUntil(
      [&] {
        if (run_.failed() || done()) return true;
        const auto now = Clock::now();
        if (const std::uint64_t newest = moved(); newest != last) {
          last = newest;
          gives_up_at = now + patience;
        }
        gave_up = now >= gives_up_at;
        return gave_up;
      },
      look);
  if (!gave_up) return Ok();
  return Fail(ErrorCode::TIMEOUT,
              fmt::format("{}, and nothing has moved for {} s", what, patience.count()));
}

Amount Crew::received() const {
  Amount amount;
  for (const Group& group : groups_) amount += ReceivedBy(group.members);
  return amount;
}

Arrivals Crew::TakeArrivals() {
  Arrivals all;
  for (const Group& group : groups_) {
    for (const auto& member : group.members) {
      const Arrivals arrivals = member->TakeArrivals();
      all.latencies.Merge(arrivals.latencies);
      all.last = std::max(all.last, arrivals.last);
    }
  }
  return all;
}

}  // namespace strata::cli
