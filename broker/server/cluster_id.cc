#include "broker/server/cluster_id.h"

#include <random>

#include <fmt/format.h>

namespace strata::broker {
namespace {

constexpr char kKey[] = "cluster/id";

std::string RandomId() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", random());
  return id;
}

}  // namespace

Result<std::string> LoadOrMakeClusterId(storage::MetadataStore& metadata) {
  STRATA_TRY_ASSIGN(const auto known, metadata.Get(kKey));
  if (known) return known->value;
  storage::MetadataTransaction transaction;
  const std::string id = RandomId();
  transaction.compares = {{kKey, 0}};
  transaction.writes = {{kKey, id}};
  STRATA_TRY(metadata.Commit(transaction));
  return id;
}

}  // namespace strata::broker
