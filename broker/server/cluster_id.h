// The name that a data directory is given when it is made.
#pragma once

#include <string>

#include "proto/base/error.h"
#include "storage/metadata_store.h"

namespace strata::broker {

// 32 hexadecimal digits, made at random the first time and the same ever after. IO_ERROR.
Result<std::string> LoadOrMakeClusterId(storage::MetadataStore& metadata);

}  // namespace strata::broker
