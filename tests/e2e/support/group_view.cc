#include "tests/e2e/support/group_view.h"

#include <nlohmann/json.hpp>

namespace strata::e2e {

GroupView DescribeGroup(const StrataCommand& strata, const std::string& group) {
  const auto description =
      nlohmann::json::parse(strata.Expect({"group", "describe", group, "--output", "json"}));
  GroupView view;
  for (const auto& partition : description.at("partitions")) {
    view[{partition.at("topic").get<std::string>(), partition.at("partition").get<int>()}] = {
        .current = partition.at("current").get<std::int64_t>(),
        .committed = partition.at("committed").get<std::int64_t>(),
        .log_end = partition.at("log_end").get<std::int64_t>(),
        .lag_records = partition.at("lag_records").get<std::int64_t>(),
        .lag_seconds = partition.at("lag_seconds").get<double>(),
        .lag_delivery_records = partition.at("lag_delivery_records").get<std::int64_t>(),
        .lag_delivery_seconds = partition.at("lag_delivery_seconds").get<double>(),
        .member = partition.at("member").get<std::string>(),
    };
  }
  return view;
}

}  // namespace strata::e2e
