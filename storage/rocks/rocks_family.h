// For the .cc files of this folder alone: what a RocksFamily points to. RocksDB's own handles go
// with each closing of the database; this one stays, and its number is in the batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <rocksdb/comparator.h>
#include <rocksdb/db.h>

#include "storage/rocks/rocks_db.h"

namespace strata::storage {

class FamilyName final : public rocksdb::ColumnFamilyHandle {
 public:
  // `position` in OpenedRocks::handles().
  FamilyName(const rocksdb::ColumnFamilyHandle& handle, std::size_t position)
      : name_(handle.GetName()), id_(handle.GetID()), position_(position) {}

  const std::string& GetName() const override { return name_; }
  std::uint32_t GetID() const override { return id_; }
  const rocksdb::Comparator* GetComparator() const override {
    return rocksdb::BytewiseComparator();
  }
  rocksdb::Status GetDescriptor(rocksdb::ColumnFamilyDescriptor*) override {
    return rocksdb::Status::NotSupported("GetDescriptor");
  }

  std::size_t position() const { return position_; }

  static std::size_t PositionOf(RocksFamily family) {
    return static_cast<const FamilyName*>(family.handle())->position();
  }

 private:
  const std::string name_;
  const std::uint32_t id_;
  const std::size_t position_;
};

}  // namespace strata::storage
