#include "broker/groups/topic_pattern.h"

#include <set>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "broker/topics/names.h"

namespace strata::broker {
namespace {

constexpr std::size_t kMaxExpressionBytes = 1'000;
constexpr std::int64_t kMaxMemoryBytes = 64 << 10;

}  // namespace

Result<std::shared_ptr<const TopicPattern>> TopicPattern::Compile(const std::string& expression) {
  if (expression.size() > kMaxExpressionBytes) {
    return Fail(ErrorCode::INVALID_PATTERN, fmt::format("a pattern of {} bytes is longer than {}",
                                                        expression.size(), kMaxExpressionBytes));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemoryBytes);
  auto compiled = std::make_unique<re2::RE2>(expression, options);
  if (!compiled->ok()) {
    return Fail(ErrorCode::INVALID_PATTERN,
                fmt::format("the pattern {} is not a regular expression: {}", Quoted(expression),
                            compiled->error()));
  }
  return std::shared_ptr<const TopicPattern>(new TopicPattern(std::move(compiled)));
}

TopicPattern::TopicPattern(std::unique_ptr<re2::RE2> expression)
    : expression_(std::move(expression)) {}
TopicPattern::~TopicPattern() = default;

bool TopicPattern::Matches(std::string_view topic) const {
  return re2::RE2::FullMatch(re2::StringPiece(topic.data(), topic.size()), *expression_);
}

Result<std::shared_ptr<const TopicPattern>> TopicPatterns::Compile(const std::string& expression) {
  MutexLock lock(mutex_);
  const auto known = in_use_.find(expression);
  if (known != in_use_.end()) {
    if (auto pattern = known->second.lock()) return pattern;
  }
  STRATA_TRY_ASSIGN(auto pattern, TopicPattern::Compile(expression));
  if (in_use_.size() >= sweep_at_) {
    std::erase_if(in_use_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = 2 * in_use_.size() + 16;
  }
  in_use_[expression] = pattern;
  return pattern;
}

TopicMatches::TopicMatches(std::shared_ptr<const TopicPattern> pattern,
                           std::function<std::vector<TopicPtr>()> list_topics)
    : pattern_(std::move(pattern)), list_topics_(std::move(list_topics)) {
  Now();
}

std::vector<TopicPtr> TopicMatches::Now() {
  std::vector<TopicPtr> matching;
  if (!pattern_) return matching;
  for (const TopicPtr& topic : list_topics_()) {
    const auto [known, is_new] = known_.try_emplace(topic->id);
    if (is_new) known->second = pattern_->Matches(topic->name);
    if (known->second) matching.push_back(topic);
  }
  return matching;
}

std::vector<TopicPtr> UnionById(std::vector<TopicPtr> topics, const std::vector<TopicPtr>& more) {
  std::set<storage::TopicId> known;
  for (const TopicPtr& topic : topics) known.insert(topic->id);
  for (const TopicPtr& topic : more) {
    if (known.insert(topic->id).second) topics.push_back(topic);
  }
  return topics;
}

}  // namespace strata::broker
