// What membership costs the broker, without network and disk: a member that joins or leaves a group
// that has settled (the state machine alone), and a whole group that joins at once (with all that a
// group tells its members). The first number is that of the partitions, the second that of the
// members.
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/micro/group_place.h"
#include "broker/groups/group.h"
#include "broker/groups/membership.h"
#include "tests/support/fake_cursor_store.h"

namespace strata::bench {
namespace {

using broker::AssignmentStrategy;
using broker::Membership;
using broker::MembershipActions;

constexpr storage::TopicId kTopic = 1;
// Joins after all others, and is in the middle of their order.
constexpr char kNewcomer[] = "member-5-new";

std::string NameOf(std::int64_t member) {
  return "member-" + std::to_string(member);
}

// Everybody releases what he is asked for.
void Settle(Membership& membership, MembershipActions actions) {
  std::map<broker::MemberId, std::vector<storage::PartitionId>> revoked;
  for (const broker::Revoke& revoke : actions.revokes) {
    revoked[revoke.member].push_back(revoke.partition);
  }
  for (const auto& [member, partitions] : revoked) membership.Release(member, partitions);
}

Membership SettledGroup(const benchmark::State& state, AssignmentStrategy strategy) {
  const auto partitions = static_cast<std::int32_t>(state.range(0));
  Membership membership;
  membership.set_strategy(strategy);
  for (std::int64_t i = 0; i < state.range(1); ++i) {
    Settle(membership, membership.Join(NameOf(i), {{kTopic, partitions}}));
  }
  return membership;
}

void Join(benchmark::State& state, AssignmentStrategy strategy) {
  Membership membership = SettledGroup(state, strategy);
  std::int64_t moves = 0;
  for (auto _ : state) {
    MembershipActions actions =
        membership.Join(kNewcomer, {{kTopic, static_cast<std::int32_t>(state.range(0))}});
    state.PauseTiming();
    moves += static_cast<std::int64_t>(actions.revokes.size());
    Settle(membership, std::move(actions));
    Settle(membership, membership.Leave(kNewcomer));
    state.ResumeTiming();
  }
  state.counters["moves"] =
      benchmark::Counter(static_cast<double>(moves), benchmark::Counter::kAvgIterations);
}

void Leave(benchmark::State& state, AssignmentStrategy strategy) {
  Membership membership = SettledGroup(state, strategy);
  for (auto _ : state) {
    state.PauseTiming();
    Settle(membership,
           membership.Join(kNewcomer, {{kTopic, static_cast<std::int32_t>(state.range(0))}}));
    state.ResumeTiming();
    Settle(membership, membership.Leave(kNewcomer));
  }
}

// One member is here, and holds everything; the others went away before anything came to them.
void JoinAndLeaveAmongAbsent(benchmark::State& state) {
  const std::map<storage::TopicId, std::int32_t> topics{
      {kTopic, static_cast<std::int32_t>(state.range(0))}};
  Membership membership;
  membership.Join(NameOf(0), topics);
  for (std::int64_t i = 1; i < state.range(1); ++i) {
    membership.Join(NameOf(i), topics);
    membership.Suspend(NameOf(i));
  }
  for (auto _ : state) {
    Settle(membership, membership.Join(kNewcomer, topics));
    Settle(membership, membership.Leave(kNewcomer));
  }
}

class SilentMember : public broker::MemberSink {
 public:
  void OnAssigned(broker::Generation, const std::vector<broker::Assignment>&,
                  std::uint64_t) override {}
  void OnRevoked(const std::vector<storage::PartitionId>&, std::chrono::milliseconds,
                 std::string_view) override {}
  void OnReplaced() override {}
};

// Nobody has released anything yet when the last one joins.
void JoinAtOnce(benchmark::State& state) {
  strata::testing::FakeCursorStore cursors;
  GroupPlace place(static_cast<std::int32_t>(state.range(0)));
  if (!place.opened()) return state.SkipWithError("cannot open");
  SilentMember sink;
  for (auto _ : state) {
    const auto group = place.MakeGroup(cursors, /*max_members=*/100'000);
    for (std::int64_t i = 0; i < state.range(1); ++i) {
      const auto joined = group->Join({.id = NameOf(i)}, {}, {place.topic()}, &sink, [](auto) {});
      if (!joined) return state.SkipWithError(joined.error().message.c_str());
    }
  }
  state.counters["time_of_each"] = benchmark::Counter(
      static_cast<double>(state.range(1)),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"partitions", "members"})
      ->ArgsProduct({{100, 1'000, 10'000}, {10, 100}})
      ->Args({1'000, 1'000})
      ->Unit(benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(Join, uniform, AssignmentStrategy::kUniform)->Apply(Sizes);
BENCHMARK_CAPTURE(Join, range, AssignmentStrategy::kRange)->Apply(Sizes);
BENCHMARK_CAPTURE(Leave, uniform, AssignmentStrategy::kUniform)->Apply(Sizes);
BENCHMARK_CAPTURE(Leave, range, AssignmentStrategy::kRange)->Apply(Sizes);
BENCHMARK(JoinAndLeaveAmongAbsent)
    ->ArgNames({"partitions", "members"})
    ->ArgsProduct({{100, 1'000, 4'000}, {1, 1'000}})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(JoinAtOnce)
    ->ArgNames({"partitions", "members"})
    ->ArgsProduct({{1'000}, {10, 100, 300}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strata::bench
