// The record that carries a payload: in its value, or, if the record is a tombstone, in a header.
// Key, and whether it is a tombstone, follow from the payload's number; so what comes back can be
// held against what was sent to the last byte.
#pragma once

#include <string>

#include "proto/batch/record.h"
#include "tests/fault/history/payload.h"

namespace strata::testing {

class PayloadRecord {
 public:
  // `keyed`: for a partition that is compacted.
  PayloadRecord(PayloadId id, bool keyed, std::size_t most = 400)
      : bytes_(PayloadOf(id, most)),
        key_(keyed ? "key-" + std::to_string(KeyOf(id)) : ""),
        keyed_(keyed),
        tombstone_(keyed && IsTombstone(id)) {}

  // Valid as long as this object.
  RecordView view() const {
    RecordView record;
    if (keyed_) record.key = key_;
    if (tombstone_) {
      record.headers = {{kHeader, bytes_}};
    } else {
      record.value = bytes_;
    }
    return record;
  }

  // kForeignPayload if this is not exactly what `view` gives for some payload.
  static PayloadId In(const RecordView& record, bool keyed, std::size_t most = 400) {
    const bool in_header = !record.value && record.headers.size() == 1;
    const auto bytes = in_header ? record.headers[0].value : record.value;
    const PayloadId id = PayloadIn(bytes.value_or(""), most);
    if (id == kForeignPayload) return id;
    const PayloadRecord sent(id, keyed, most);
    return record.key == sent.view().key && in_header == sent.tombstone_ ? id : kForeignPayload;
  }

 private:
  static constexpr std::string_view kHeader = "payload";

  const std::string bytes_;
  const std::string key_;
  const bool keyed_;
  const bool tombstone_;
};

}  // namespace strata::testing
