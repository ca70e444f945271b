// Batches for tests: sound ones, and ones that are wrong in exactly one way.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/batch/batch_header.h"
#include "proto/batch/record_batch.h"

namespace strata::testing {

// The records as one batch.
std::string Encode(const std::vector<RecordView>& records,
                   Compression compression = Compression::kNone, int level = 0);

// `count` records with keys, values and a header, a millisecond apart.
std::string SampleBatch(std::int32_t count, Compression compression = Compression::kNone);

// A batch of `payload` under `header`, whose length and CRC are set to fit: whatever else is wrong
// must be found by looking at it.
std::string Seal(BatchHeader header, std::string_view payload);

// A header that fits `record_count` uncompressed records with the timestamp 0.
BatchHeader HeaderFor(std::int32_t record_count);

// The records of a batch, as text that compares and prints well, one record an entry.
std::vector<std::string> Describe(std::string_view batch);
std::string Describe(const RecordView& record);

// The code of ValidateBatch's refusal; fails the test if the batch is accepted.
ErrorCode RefusalOf(std::string_view batch, const BatchLimits& limits = {});

}  // namespace strata::testing
