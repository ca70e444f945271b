// Who is in a group: what each member is to people, how it wants to work, where it is told things,
// and which of them are away (static members that are expected back).
//
// Pure. Not thread-safe: the group guards it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/groups/member_sink.h"
#include "broker/groups/topic_pattern.h"
#include "broker/threads/timers.h"

namespace strata::broker {

// What a member is to people.
struct MemberInfo {
  MemberId id;
  std::string client_id;
  std::string peer;
  std::string instance_id;  // of a static member; empty otherwise
};

// "member 'a1b2' (billing at ipv4:10.0.0.7:4711, instance 'b')"
std::string Describe(const MemberInfo& member);

// How a member wants to work.
struct MemberOptions {
  AssignmentStrategy strategy = AssignmentStrategy::kUniform;
  // How long the place of a static member is kept.
  std::chrono::milliseconds return_within{0};
};

class Roster {
 public:
  using PatternPtr = std::shared_ptr<const TopicPattern>;

  struct Member {
    MemberInfo info;
    MemberOptions options;
    std::set<std::string> names;         // of topics that it reads, also when they are made anew
    PatternPtr pattern;                  // of topics that it reads, also later ones; may be null
    MemberSink* sink = nullptr;          // null: away
    std::uint64_t joined = 0;            // orders members by join time...
    std::uint64_t left = 0;              // ...and those that are away by when they left
    std::optional<Timers::Ticket> away;  // ends its place, while it is away
  };

  // `info.id` is new. `sink` is never called here.
  void Add(MemberInfo info, const MemberOptions& options, std::set<std::string> names,
           PatternPtr pattern, MemberSink* sink);

  // It has left and is expected back; `ends` is the timer that ends its place. It must be here.
  void SetAway(const MemberId& member, const Timers::Ticket& ends);

  // It is forgotten. The timer that would have ended its place, if it was away. It must be known.
  std::optional<Timers::Ticket> Remove(const MemberId& member);

  // Null if it is not known.
  const Member* Find(const MemberId& member) const;
  // Null if the member, which must be known, is away.
  MemberSink* SinkOf(const MemberId& member) const { return members_.at(member).sink; }

  // The member of that instance; nothing for those that are not static.
  std::optional<MemberId> FindInstance(const std::string& instance_id) const;
  // The member that has been away for longest.
  std::optional<MemberId> FindLongestAway() const;
  // Whether somebody but that one is a member and not away.
  bool AnybodyHereBut(const MemberId& member) const;
  // The patterns that members have, also those that are away; each text may be that of many.
  std::set<PatternPtr> Patterns() const;
  // Those who have named the topic, or have one of these patterns, which match it.
  std::vector<MemberId> FindReaders(const std::string& topic,
                                    const std::set<PatternPtr>& patterns) const;

  const std::map<MemberId, Member>& members() const { return members_; }
  // Valid until the next change.
  std::vector<const Member*> ByJoinTime() const;

 private:
  std::map<MemberId, Member> members_;
  std::uint64_t moves_ = 0;  // joins and departures
};

}  // namespace strata::broker
