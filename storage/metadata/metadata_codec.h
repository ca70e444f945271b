// How metadata is laid out in its family of the database; see storage/FORMAT.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata_store.h"

namespace strata::storage {

// The family of the database of truth that holds it.
inline constexpr char kMetadataFamily[] = "metadata";

// The one key under which the revision of the store lies.
std::string EncodeRevisionKey();
std::string EncodeRevision(std::int64_t revision);
std::optional<std::int64_t> DecodeRevision(std::string_view bytes);  // nothing: damaged

// Keys sort as the metadata's own keys do.
std::string EncodeMetadataKey(std::string_view key);
std::string_view DecodeMetadataKey(std::string_view encoded);

std::string EncodeMetadataValue(std::int64_t version, std::string_view value);
// Nothing: damaged. `key` goes into the result as it is.
std::optional<VersionedValue> DecodeMetadataValue(std::string_view key, std::string_view bytes);

}  // namespace strata::storage
