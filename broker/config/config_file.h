// Reading the broker's configuration file: TOML (https://toml.io/en/v1.0.0), with the keys of
// BrokerConfigKeys. Dotted keys and tables are the same: `http.listen = ""`, or `listen = ""` below
// `[http]`.
#pragma once

#include <string>
#include <string_view>

#include "broker/config/broker_config.h"
#include "proto/base/error.h"

namespace strata::broker {

// Sets in `config` what the file `path` says. INVALID_CONFIG: it cannot be read, is not TOML, or
// has an unknown key or a bad value; the message names the file, the line and the key.
Result<void> ApplyConfigFile(const std::string& path, BrokerConfig& config);

// The same for the content of a file. Pure.
Result<void> ApplyConfigText(std::string_view text, const std::string& path, BrokerConfig& config);

}  // namespace strata::broker
