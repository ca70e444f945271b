#include "proto/base/durability.h"

namespace strata {

std::string_view DurabilityName(Durability durability) {
  switch (durability) {
    case Durability::kNone:
      return "none";
    case Durability::kOs:
      return "os";
    case Durability::kFsync:
      return "fsync";
  }
  return "unknown";
}

std::optional<Durability> DurabilityNamed(std::string_view name) {
  for (const auto durability : {Durability::kFsync, Durability::kOs, Durability::kNone}) {
    if (name == DurabilityName(durability)) return durability;
  }
  return std::nullopt;
}

}  // namespace strata
