// A RocksDB database in a directory of its own, for the contract suites.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "storage/rocks/rocks_db.h"
#include "tests/support/temp_dir.h"

namespace strata::storage {

class RocksPlace {
 public:
  static constexpr const char* kFamily = "family";

  // Closes the database if it is open, and opens it.
  RocksDb& Open() { return OpenIn("db"); }

  // Leaves the open database as it is, and opens a copy of its files as they are now: what a kill
  // of the process would leave behind.
  RocksDb& OpenAfterKill() {
    std::filesystem::copy(dir_ / "db", dir_ / "copy", std::filesystem::copy_options::recursive);
    return OpenIn("copy");
  }

 private:
  RocksDb& OpenIn(const std::string& name) {
    std::unique_ptr<RocksDb>& db = name == "db" ? db_ : copy_;
    db.reset();
    auto opened =
        RocksDb::Open({dir_ / name, RocksDbOptions::Kind::kTruth, {kFamily}, /*create=*/true});
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    db = std::move(*opened);
    return *db;
  }

  strata::testing::TempDir dir_;
  std::unique_ptr<RocksDb> db_;
  std::unique_ptr<RocksDb> copy_;
};

}  // namespace strata::storage
