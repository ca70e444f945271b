#include "broker/server/start_count.h"

#include <charconv>
#include <string>

namespace strata::broker {
namespace {

constexpr char kKey[] = "broker/starts";

}  // namespace

Result<std::int64_t> CountStart(storage::MetadataStore& metadata) {
  STRATA_TRY_ASSIGN(const auto known, metadata.Get(kKey));
  std::int64_t count = 0;
  if (known) {
    const char* const end = known->value.data() + known->value.size();
    const auto parsed = std::from_chars(known->value.data(), end, count);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return Fail(ErrorCode::CORRUPT_LOG, "the count of starts in the metadata is damaged");
    }
  }
  storage::MetadataTransaction transaction;
  transaction.compares = {{kKey, known ? known->version : 0}};
  transaction.writes = {{kKey, std::to_string(count + 1)}};
  STRATA_TRY(metadata.Commit(transaction));
  return count + 1;
}

}  // namespace strata::broker
