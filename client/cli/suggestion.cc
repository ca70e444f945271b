#include "client/cli/suggestion.h"

#include <algorithm>

#include "proto/base/edit_distance.h"

namespace strata::cli {
namespace {

constexpr std::size_t kLongestLookedAt = 60;

}  // namespace

std::string NearestWord(std::string_view text, const std::vector<std::string>& known) {
  if (text.size() > kLongestLookedAt) return "";
  std::string nearest;
  std::size_t least = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const std::string& word : known) {
    const std::size_t distance = EditDistance(text, word);
    if (distance >= least || distance >= word.size()) continue;
    least = distance;
    nearest = word;
  }
  return nearest;
}

}  // namespace strata::cli
