// Which topics a member reads, said by a regular expression. Matches whole names; in time that is
// linear in the name, whatever the expression.
//
// Syntax: https://github.com/google/re2/wiki/Syntax
// Immutable: any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/topics/topic.h"
#include "proto/base/error.h"
#include "proto/base/mutex.h"

namespace re2 {
class RE2;
}

namespace strata::broker {

class TopicPattern {
 public:
  // INVALID_PATTERN: it does not compile, or would take too much memory: more than 64 KiB with all
  // that matching keeps.
  static Result<std::shared_ptr<const TopicPattern>> Compile(const std::string& expression);
  ~TopicPattern();

  bool Matches(std::string_view topic) const;

 private:
  explicit TopicPattern(std::unique_ptr<re2::RE2> expression);

  const std::unique_ptr<re2::RE2> expression_;
};

// Compiles patterns, each text once for all who use it at a time, on any thread.
class TopicPatterns {
 public:
  // As TopicPattern::Compile.
  Result<std::shared_ptr<const TopicPattern>> Compile(const std::string& expression)
      STRATA_EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::map<std::string, std::weak_ptr<const TopicPattern>> in_use_ STRATA_GUARDED_BY(mutex_);
  // At so many, those that nobody uses any more are thrown away.
  std::size_t sweep_at_ STRATA_GUARDED_BY(mutex_) = 16;
};

// Which topics a member's pattern matches. Looks at each topic once, as that may take a large part
// of a millisecond, and at those that there are when it is made: so it costs next to nothing behind
// a lock that is taken later. Use it from one thread at a time.
class TopicMatches {
 public:
  // `pattern` may be null: then no topic matches. `list_topics`: those that there are; it may be
  // called with locks held.
  TopicMatches(std::shared_ptr<const TopicPattern> pattern,
               std::function<std::vector<TopicPtr>()> list_topics);

  const std::shared_ptr<const TopicPattern>& pattern() const { return pattern_; }

  // Those of the topics there are now that match.
  std::vector<TopicPtr> Now();

 private:
  const std::shared_ptr<const TopicPattern> pattern_;
  const std::function<std::vector<TopicPtr>()> list_topics_;
  std::unordered_map<storage::TopicId, bool> known_;
};

// All of them, each topic once.
std::vector<TopicPtr> UnionById(std::vector<TopicPtr> topics, const std::vector<TopicPtr>& more);

}  // namespace strata::broker
