// Sets the process up for thousands of failing disks: their warnings would fill the output, and
// RocksDB keeps a thread busy for a second after each flush that has failed.
#include <cstdlib>

#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <spdlog/spdlog.h>

namespace strata::testing {
namespace {

class ManyDisks : public ::testing::Environment {
 public:
  void SetUp() override {
    if (!std::getenv("STRATA_FAULT_VERBOSE")) spdlog::set_level(spdlog::level::off);
    rocksdb::Env::Default()->SetBackgroundThreads(16, rocksdb::Env::HIGH);
  }
};

[[maybe_unused]] const auto* const kManyDisks =
    ::testing::AddGlobalTestEnvironment(new ManyDisks);  // NOLINT: gtest owns it

}  // namespace
}  // namespace strata::testing
