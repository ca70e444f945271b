// Bytes in JSON. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace strata::storage::tool {

// Sets `name`, or, if the bytes are not UTF-8, `name`_base64 (RFC 4648); null if there are none.
void SetBytes(nlohmann::ordered_json& object, const std::string& name,
              const std::optional<std::string_view>& bytes);

}  // namespace strata::storage::tool
