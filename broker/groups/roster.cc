#include "broker/groups/roster.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace strata::broker {

std::string Describe(const MemberInfo& member) {
  const std::string client = member.client_id.empty() ? "" : member.client_id + " at ";
  const std::string instance =
      member.instance_id.empty() ? "" : fmt::format(", instance '{}'", member.instance_id);
  return fmt::format("member '{}' ({}{}{})", member.id, client, member.peer, instance);
}

void Roster::Add(MemberInfo info, const MemberOptions& options, std::set<std::string> names,
                 PatternPtr pattern, MemberSink* sink) {
  const MemberId id = info.id;
  members_.emplace(
      id, Member{std::move(info), options, std::move(names), std::move(pattern), sink, ++moves_});
}

void Roster::SetAway(const MemberId& member, const Timers::Ticket& ends) {
  Member& leaving = members_.at(member);
  leaving.sink = nullptr;
  leaving.left = ++moves_;
  leaving.away = ends;
}

std::optional<Timers::Ticket> Roster::Remove(const MemberId& member) {
  const auto it = members_.find(member);
  const auto away = it->second.away;
  members_.erase(it);
  return away;
}

const Roster::Member* Roster::Find(const MemberId& member) const {
  const auto it = members_.find(member);
  return it == members_.end() ? nullptr : &it->second;
}

std::optional<MemberId> Roster::FindInstance(const std::string& instance_id) const {
  if (instance_id.empty()) return std::nullopt;
  for (const auto& [id, member] : members_) {
    if (member.info.instance_id == instance_id) return id;
  }
  return std::nullopt;
}

std::optional<MemberId> Roster::FindLongestAway() const {
  const Member* found = nullptr;
  for (const auto& [id, member] : members_) {
    if (member.sink) continue;
    if (!found || member.left < found->left) found = &member;
  }
  if (!found) return std::nullopt;
  return found->info.id;
}

bool Roster::AnybodyHereBut(const MemberId& member) const {
  return std::any_of(members_.begin(), members_.end(),
                     [&](const auto& other) { return other.second.sink && other.first != member; });
}

std::set<Roster::PatternPtr> Roster::Patterns() const {
  std::set<PatternPtr> patterns;
  for (const auto& [id, member] : members_) {
    if (member.pattern) patterns.insert(member.pattern);
  }
  return patterns;
}

std::vector<MemberId> Roster::FindReaders(const std::string& topic,
                                          const std::set<PatternPtr>& patterns) const {
  std::vector<MemberId> found;
  for (const auto& [id, member] : members_) {
    if (member.names.contains(topic) || patterns.contains(member.pattern)) found.push_back(id);
  }
  return found;
}

std::vector<const Roster::Member*> Roster::ByJoinTime() const {
  std::vector<const Member*> members;
  for (const auto& [id, member] : members_) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const Member* a, const Member* b) { return a->joined < b->joined; });
  return members;
}

}  // namespace strata::broker
