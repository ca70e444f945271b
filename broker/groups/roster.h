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
#include <string>
#include <string_view>
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

// How a member wants to work.
struct MemberOptions {
  AssignmentStrategy strategy = AssignmentStrategy::kUniform;
  // Topics that match are subscribed to as well, also those that appear later; may be null.
  std::shared_ptr<const TopicPattern> pattern;
  // How long the place of a static member is kept.
  std::chrono::milliseconds return_within{0};
};

class Roster {
 public:
  struct Member {
    MemberInfo info;
    MemberOptions options;
    MemberSink* sink = nullptr;          // null: away
    std::uint64_t joined = 0;            // orders members by join time...
    std::uint64_t left = 0;              // ...and those that are away by when they left
    std::optional<Timers::Ticket> away;  // ends its place, while it is away
  };

  // `info.id` is new. `sink` is never called here.
  void Add(MemberInfo info, const MemberOptions& options, MemberSink* sink);

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
  // Those whose pattern matches the topic, also those that are away.
  std::vector<MemberId> FindMatching(std::string_view topic) const;

  const std::map<MemberId, Member>& members() const { return members_; }
  // Valid until the next change.
  std::vector<const Member*> ByJoinTime() const;

 private:
  std::map<MemberId, Member> members_;
  std::uint64_t moves_ = 0;  // joins and departures
};

}  // namespace strata::broker
