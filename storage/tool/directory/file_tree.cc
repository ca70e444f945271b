#include "storage/tool/directory/file_tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "storage/log/local_log_store.h"
#include "storage/log/segment_name.h"

namespace strata::storage::tool {
namespace {

constexpr std::array<std::string_view, 7> kKnown = {
    "FORMAT", "LOCK", "index", kIndexFailedFile, "meta", "topics", "lost+found"};

template <class Int>
std::optional<Int> ParseNumber(std::string_view text, int base) {
  Int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

class Lister {
 public:
  Lister(FileSystem& file_system, const std::string& data_dir)
      : file_system_(file_system), data_dir_(data_dir) {}

  Result<FileTree> List();

 private:
  Result<void> ListTopic(const std::string& name);
  void AddFile(PartitionId partition, const std::string& name);
  // The names in a directory; nothing if it is not one. IO_ERROR: it is, and cannot be read.
  Result<std::optional<std::vector<std::string>>> NamesIn(const std::string& path) const;
  std::string Relative(const std::string& path) const { return path.substr(data_dir_.size() + 1); }

  FileSystem& file_system_;
  const std::string& data_dir_;
  FileTree tree_;
};

Result<FileTree> Lister::List() {
  STRATA_TRY_ASSIGN(const auto names, file_system_.List(data_dir_));
  for (const std::string& name : names) {
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) tree_.strays.push_back(name);
  }
  const std::string topics = TopicsDirectory(data_dir_);
  STRATA_TRY_ASSIGN(const bool exists, file_system_.Exists(topics));
  if (!exists) return std::move(tree_);
  STRATA_TRY_ASSIGN(const auto topic_names, file_system_.List(topics));
  for (const std::string& name : topic_names) STRATA_TRY(ListTopic(name));
  return std::move(tree_);
}

Result<void> Lister::ListTopic(const std::string& name) {
  const std::string path = TopicsDirectory(data_dir_) + "/" + name;
  const auto topic = ParseNumber<TopicId>(name, 16);
  STRATA_TRY_ASSIGN(const auto partitions, NamesIn(path));
  if (!topic || TopicDirectory(data_dir_, *topic) != path || !partitions) {
    tree_.strays.push_back(Relative(path));
    return Ok();
  }
  for (const std::string& number_text : *partitions) {
    const auto number = ParseNumber<std::int32_t>(number_text, 10);
    const PartitionId partition{*topic, number.value_or(-1)};
    STRATA_TRY_ASSIGN(const auto names, NamesIn(path + "/" + number_text));
    if (!number || *number < 0 || std::to_string(*number) != number_text || !names) {
      tree_.strays.push_back(Relative(path + "/" + number_text));
      continue;
    }
    tree_.segments[partition];
    for (const std::string& file : *names) AddFile(partition, file);
  }
  return Ok();
}

void Lister::AddFile(PartitionId partition, const std::string& name) {
  const std::string path = Relative(PartitionDirectory(data_dir_, partition) + "/" + name);
  if (const auto base_offset = ParseSegmentFileName(name)) {
    tree_.segments[partition].emplace(*base_offset, path);
    return;
  }
  if (IsRewrittenFileName(name)) {
    tree_.unfinished.push_back(path);
    return;
  }
  const std::size_t suffix = name.find(".cut-at-");
  const bool set_aside =
      suffix != std::string::npos && ParseSegmentFileName(name.substr(0, suffix)).has_value();
  (set_aside ? tree_.set_aside : tree_.strays).push_back(path);
}

Result<std::optional<std::vector<std::string>>> Lister::NamesIn(const std::string& path) const {
  STRATA_TRY_ASSIGN(const bool is_directory, file_system_.Exists(path + "/"));
  if (!is_directory) return std::nullopt;
  return file_system_.List(path);
}

}  // namespace

Result<FileTree> ListFileTree(FileSystem& file_system, const std::string& data_dir) {
  return Lister(file_system, data_dir).List();
}

}  // namespace strata::storage::tool
