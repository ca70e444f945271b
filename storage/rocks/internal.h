// For the .cc files of this folder alone: the one place that lets RocksDB's headers in.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <rocksdb/options.h>
#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include "proto/base/error.h"
#include "storage/rocks/rocks_db.h"

namespace strata::storage {

inline rocksdb::Slice ToSlice(std::string_view bytes) {
  return rocksdb::Slice(bytes.data(), bytes.size());
}

inline std::string_view ToView(const rocksdb::Slice& slice) {
  return std::string_view(slice.data(), slice.size());
}

// The choices for a database of this kind, and for its families. `env` must outlive it.
rocksdb::Options ChooseOptions(const RocksDbOptions& wanted, rocksdb::Env& env);

// Hands RocksDB's warnings on to the broker's log.
std::shared_ptr<rocksdb::Logger> MakeLogger(const std::string& directory);

// "cannot write the database '/data/meta': <RocksDB's words>".
Error ToError(const rocksdb::Status& status, std::string_view operation,
              std::string_view directory);

}  // namespace strata::storage
