#include "storage/tool/directory/truth.h"

#include <string_view>
#include <utility>

#include "storage/cursors/cursor_codec.h"
#include "storage/encoding/quote.h"
#include "storage/log/segment_name.h"
#include "storage/metadata/metadata_codec.h"
#include "storage/rocks/rocks_repair.h"

namespace strata::storage::tool {
namespace {

class Loader {
 public:
  explicit Loader(const RocksDb& database) : database_(database) {}

  Truth Load();

 private:
  using AddEntry = void (Loader::*)(std::string_view key, std::string_view value);

  void LoadRun();
  void LoadFamily(std::string_view name, AddEntry add);
  void AddLogEntry(std::string_view key, std::string_view value);
  void AddTime(std::string_view value);
  void AddMetadataEntry(std::string_view key, std::string_view value);
  void AddCursorEntry(std::string_view key, std::string_view value);
  void CheckRevision();
  void Blame(std::string_view family, std::string what);

  const RocksDb& database_;
  Truth truth_;
};

Truth Loader::Load() {
  LoadRun();
  LoadFamily(kLogStateFamily, &Loader::AddLogEntry);
  LoadFamily(kMetadataFamily, &Loader::AddMetadataEntry);
  LoadFamily(kCursorFamily, &Loader::AddCursorEntry);
  CheckRevision();
  return std::move(truth_);
}

void Loader::LoadRun() {
  const auto stored = database_.Get(database_.Family(kLogStateFamily), state_codec::RunKey());
  if (!stored) return Blame(kLogStateFamily, stored.error().message);
  if (!*stored) return;
  const auto run = state_codec::ParseRun(**stored);
  if (!run) return Blame(kLogStateFamily, run.error().message);
  truth_.run = *run;
}

// Where the family is damaged, what lies behind the damage is reached from the other end.
void Loader::LoadFamily(std::string_view name, AddEntry add) {
  const RocksFamily family = database_.Family(name);
  std::string last;
  const auto scanned = database_.Scan(family, "", "", [&](auto key, auto value) {
    if (key != kRepairSeedKey) (this->*add)(key, value);
    last = key;
    return true;
  });
  if (scanned) return;
  (void)database_.ScanBackwards(family, [&](auto key, auto value) {
    if (key <= last) return false;
    if (key != kRepairSeedKey) (this->*add)(key, value);
    return true;
  });
  Blame(name, "a part of it cannot be read: " + scanned.error().message);
}

void Loader::AddLogEntry(std::string_view key, std::string_view value) {
  if (key == state_codec::RunKey()) return;  // was read before all others
  if (key == state_codec::TimeKey()) return AddTime(value);
  const auto partition = state_codec::PartitionOfKey(key);
  if (!partition) return Blame(kLogStateFamily, "unknown key " + Quote(key));
  const std::uint64_t clean_run = truth_.run && truth_.run->clean ? truth_.run->number : 0;
  const auto parsed = state_codec::ParseInto(key, value, clean_run, &truth_.logs[*partition]);
  if (!parsed) Blame(kLogStateFamily, parsed.error().message + " under the key " + Quote(key));
}

void Loader::AddTime(std::string_view value) {
  const auto time = state_codec::ParseTime(value);
  if (!time) return Blame(kLogStateFamily, time.error().message);
  truth_.latest_time = *time;
}

void Loader::AddMetadataEntry(std::string_view key, std::string_view value) {
  if (key == EncodeRevisionKey()) {
    truth_.revision = DecodeRevision(value);
    if (!truth_.revision) Blame(kMetadataFamily, "the revision cannot be decoded");
    return;
  }
  if (!key.starts_with(EncodeMetadataKey(""))) {
    return Blame(kMetadataFamily, "unknown key " + Quote(key));
  }
  const std::string_view name = DecodeMetadataKey(key);
  auto entry = DecodeMetadataValue(name, value);
  if (!entry) return Blame(kMetadataFamily, "the value of " + Quote(name) + " cannot be decoded");
  truth_.metadata.push_back(std::move(*entry));
}

void Loader::AddCursorEntry(std::string_view key, std::string_view value) {
  if (key.starts_with(GroupKeyPrefix())) {
    const std::string_view group = DecodeGroupKey(key);
    truth_.groups.emplace(group);
    if (value != EncodeGroupValue()) {
      Blame(kCursorFamily, "the entry of group " + Quote(group) + " cannot be decoded");
    }
    return;
  }
  const auto name = DecodeCursorKey(key);
  if (!name) return Blame(kCursorFamily, "unknown key " + Quote(key));
  auto cursor = DecodeCursor(value);
  if (cursor) {
    truth_.cursors.push_back({std::string(name->group), name->partition, std::move(*cursor)});
    return;
  }
  Blame(kCursorFamily, "the cursor of group " + Quote(name->group) + " on " +
                           Describe(name->partition) + " cannot be decoded");
}

void Loader::CheckRevision() {
  for (const VersionedValue& entry : truth_.metadata) {
    if (truth_.revision && entry.version <= *truth_.revision) continue;
    return Blame(kMetadataFamily, truth_.revision
                                      ? "the revision is behind the version of " + Quote(entry.key)
                                      : "the revision is missing");
  }
}

void Loader::Blame(std::string_view family, std::string what) {
  truth_.damage.push_back(
      {Severity::kDamage, "meta, family " + std::string(family), std::move(what)});
}

}  // namespace

Truth LoadTruth(const RocksDb& database) {
  return Loader(database).Load();
}

const LoadedState* StateOf(const std::optional<Truth>& truth, PartitionId partition) {
  static const LoadedState kNothingNoted;
  if (!truth) return nullptr;
  const auto state = truth->logs.find(partition);
  return state == truth->logs.end() ? &kNothingNoted : &state->second;
}

}  // namespace strata::storage::tool
