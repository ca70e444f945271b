#include "client/cli/record_json.h"

#include <optional>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "proto/base/utf8.h"

namespace strata::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string Base64(std::string_view bytes) {
  std::string encoded((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a NUL behind it
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return encoded;
}

void Set(Json& object, const std::string& name, const std::optional<std::string_view>& bytes) {
  if (!bytes) {
    object[name] = nullptr;
  } else if (IsUtf8(*bytes)) {
    object[name] = *bytes;
  } else {
    object[name + "_base64"] = Base64(*bytes);
  }
}

}  // namespace

void WriteJson(std::string_view topic, std::int32_t partition, const RecordView& record,
               std::string* out) {
  Json object = {{"topic", topic},
                 {"partition", partition},
                 {"offset", record.offset},
                 {"timestamp_ms", record.timestamp_ms}};
  Set(object, "key", record.key);
  Set(object, "value", record.value);
  Json& headers = object["headers"] = Json::array();
  for (const HeaderView& header : record.headers) {
    Json& added = headers.emplace_back(Json::object());
    Set(added, "name", header.name);
    Set(added, "value", header.value);
  }
  *out += object.dump();
  *out += '\n';
}

}  // namespace strata::cli
