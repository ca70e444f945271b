#include "tests/support/disk/simulated_file_system.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

namespace strata::testing {

namespace {

std::vector<std::string> Split(const std::string& path) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) names.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

std::string DirectoryOf(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

std::string NameOf(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

tl::unexpected<Error> Missing(const std::string& path) {
  return Fail(ErrorCode::IO_ERROR, "'" + path + "' does not exist");
}

NodePtr NewDirectory() {
  auto node = std::make_shared<SimulatedNode>();
  node->is_directory = true;
  return node;
}

// Calls `visit` with the path and node of everything below `node`.
template <class Visit>
void Walk(const SimulatedNode& node, const std::string& path, const Visit& visit) {
  for (const auto& [name, child] : node.directory.seen()) {
    visit(path + "/" + name, *child);
    if (child->is_directory) Walk(*child, path + "/" + name, visit);
  }
}

// Adds what is found below a directory after a power cut. Without dice, nothing but what was
// synced.
void FindBelow(const SimulatedNode& directory, const std::string& path, PendingEntries entries,
               Dice* dice, DiskImage* image) {
  const auto found =
      dice ? directory.directory.FindAfterPowerCut(entries, *dice) : directory.directory.on_disk();
  for (const auto& [name, node] : found) {
    const std::string child = path + "/" + name;
    if (node->is_directory) {
      image->directories.insert(child);
      FindBelow(*node, child, entries, dice, image);
    } else {
      image->files[child] = dice ? node->file.FindAfterPowerCut(*dice) : node->file.on_disk();
    }
  }
}

}  // namespace

class SimulatedFileSystem::OpenFile : public storage::File {
 public:
  OpenFile(SimulatedFileSystem& owner, std::string path, NodePtr node, bool writable)
      : owner_(owner), path_(std::move(path)), node_(std::move(node)), writable_(writable) {}

  Result<void> Write(std::int64_t position, std::span<const std::string_view> fragments) override {
    Result<void> begun = Begin(Operation::kWrite);
    std::string bytes;
    for (const std::string_view fragment : fragments) bytes.append(fragment);
    MutexLock lock(owner_.mutex_);
    if (!begun && !owner_.power_) return begun;
    if (!begun) bytes.resize(bytes.size() / 2);
    const std::int64_t end = position + static_cast<std::int64_t>(bytes.size());
    const std::int64_t growth = std::max<std::int64_t>(end - file().size(), 0);
    const std::int64_t room = owner_.RoomFor(growth);
    if (room < growth) {
      const std::int64_t lacking = std::min(growth - room, static_cast<std::int64_t>(bytes.size()));
      bytes.resize(bytes.size() - static_cast<std::size_t>(lacking));
      begun = Full();
    }
    if (owner_.write_back_ && Roll(*owner_.write_back_, 4) == 0) {
      file().WriteBackOne(*owner_.write_back_);
    }
    file().Write(position, bytes);
    return begun;
  }

  Result<std::size_t> Read(std::int64_t position, char* out, std::size_t count) const override {
    STRATA_TRY(owner_.Begin(Operation::kRead, path_));
    MutexLock lock(owner_.mutex_);
    const std::string& seen = node_->file.seen();
    const std::size_t at = std::min(static_cast<std::size_t>(position), seen.size());
    const std::size_t got = std::min(count, seen.size() - at);
    std::memcpy(out, seen.data() + at, got);
    return got;
  }

  Result<void> Allocate(std::int64_t size) override {
    STRATA_TRY(Begin(Operation::kAllocate));
    MutexLock lock(owner_.mutex_);
    const std::int64_t growth = size - file().size();
    if (growth <= 0) return Ok();
    if (owner_.RoomFor(growth) < growth) return Full();
    file().Resize(size);
    return Ok();
  }

  Result<void> Truncate(std::int64_t size) override {
    STRATA_TRY(Begin(Operation::kTruncate));
    MutexLock lock(owner_.mutex_);
    file().Resize(size);
    return Ok();
  }

  Result<void> Sync() override {
    const Result<void> begun = owner_.Begin(Operation::kSync, path_);
    MutexLock lock(owner_.mutex_);
    if (!begun) {
      if (owner_.power_) file().LoseDirtyPages();
      return begun;
    }
    if (file().TakeUnseenFailure()) {
      file().LoseDirtyPages();
      return Fail(ErrorCode::IO_ERROR, "cannot sync " + path_ + ": it was not written back");
    }
    file().Sync();
    return Ok();
  }

  Result<std::int64_t> Size() const override {
    STRATA_TRY(owner_.Begin(Operation::kExamine, path_));
    MutexLock lock(owner_.mutex_);
    return node_->file.size();
  }

 private:
  SimulatedFile& file() { return node_->file; }

  Result<void> Begin(Operation operation) {
    if (!writable_) std::abort();  // the code under test writes to what it has opened to read
    return owner_.Begin(operation, path_);
  }

  tl::unexpected<Error> Full() const {
    return Fail(ErrorCode::DISK_FULL, "cannot write '" + path_ + "': the simulated disk is full");
  }

  SimulatedFileSystem& owner_;
  const std::string path_;
  const NodePtr node_;  // guarded by the owner's mutex
  const bool writable_;
};

class SimulatedFileSystem::Lock : public storage::FileLock {
 public:
  explicit Lock(std::shared_ptr<int> held) : held_(std::move(held)) {}

 private:
  const std::shared_ptr<int> held_;
};

SimulatedFileSystem::SimulatedFileSystem() : root_(NewDirectory()) {}
SimulatedFileSystem::~SimulatedFileSystem() = default;

void SimulatedFileSystem::Plan(Fault fault) {
  MutexLock lock(mutex_);
  faults_.Add(std::move(fault));
}

void SimulatedFileSystem::Heal() {
  MutexLock lock(mutex_);
  faults_.Clear();
  hook_.reset();
  capacity_.reset();
}

void SimulatedFileSystem::SetHook(Hook hook) {
  MutexLock lock(mutex_);
  hook_ = hook ? std::make_shared<const Hook>(std::move(hook)) : nullptr;
}

void SimulatedFileSystem::SetCapacity(std::int64_t bytes) {
  MutexLock lock(mutex_);
  capacity_ = bytes;
}

void SimulatedFileSystem::WriteBackAtRandom(std::uint64_t seed) {
  MutexLock lock(mutex_);
  write_back_ = Dice(seed);
}

void SimulatedFileSystem::CutPowerAt(std::uint64_t nth) {
  MutexLock lock(mutex_);
  power_ends_at_ = changes_ + nth;
  if (nth == 0) power_ = false;
}

bool SimulatedFileSystem::power() const {
  MutexLock lock(mutex_);
  return power_;
}

void SimulatedFileSystem::LetOldProcessEnd() {
  MutexLock lock(mutex_);
  left_behind_ = Copy(root_);
  faults_.Clear();
  power_ends_at_.reset();
  power_ = true;
}

void SimulatedFileSystem::RestartProcess() {
  MutexLock lock(mutex_);
  if (!left_behind_) std::abort();  // the old process still works on it
  root_ = std::exchange(left_behind_, nullptr);
  locks_.clear();
}

DiskImage SimulatedFileSystem::FindAfterPowerCut(std::uint64_t seed, PendingEntries entries) const {
  MutexLock lock(mutex_);
  Dice dice(seed);
  DiskImage image;
  FindBelow(left_behind_ ? *left_behind_ : *root_, "", entries, &dice, &image);
  return image;
}

void SimulatedFileSystem::Restart(std::uint64_t seed, PendingEntries entries) {
  PowerOn(FindAfterPowerCut(seed, entries));
}

void SimulatedFileSystem::RestartWithoutUnsynced() {
  DiskImage image;
  {
    MutexLock lock(mutex_);
    FindBelow(left_behind_ ? *left_behind_ : *root_, "", PendingEntries::kLoseAll, nullptr, &image);
  }
  PowerOn(image);
}

void SimulatedFileSystem::PowerOn(const DiskImage& image) {
  MutexLock lock(mutex_);
  Build(image);
  left_behind_.reset();
  power_ = true;
  power_ends_at_.reset();
  locks_.clear();
}

void SimulatedFileSystem::ForgetUnseenFailures() {
  MutexLock lock(mutex_);
  Walk(*root_, "", [](const std::string&, SimulatedNode& node) { node.file.TakeUnseenFailure(); });
}

void SimulatedFileSystem::EvictCleanPages() {
  MutexLock lock(mutex_);
  Walk(*root_, "", [](const std::string&, SimulatedNode& node) {
    if (!node.is_directory) node.file.EvictCleanPages();
  });
}

std::uint64_t SimulatedFileSystem::count(Operation operation) const {
  MutexLock lock(mutex_);
  return faults_.count(operation);
}

std::uint64_t SimulatedFileSystem::changes() const {
  MutexLock lock(mutex_);
  return changes_;
}

std::int64_t SimulatedFileSystem::used_bytes() const {
  MutexLock lock(mutex_);
  return UsedBytes();
}

std::uint64_t SimulatedFileSystem::injected() const {
  MutexLock lock(mutex_);
  return faults_.injected();
}

DiskImage SimulatedFileSystem::Save() const {
  MutexLock lock(mutex_);
  DiskImage image;
  Walk(*root_, "", [&](const std::string& path, const SimulatedNode& node) {
    if (node.is_directory) {
      image.directories.insert(path);
    } else {
      image.files[path] = node.file.seen();
    }
  });
  return image;
}

void SimulatedFileSystem::Load(const DiskImage& image) {
  MutexLock lock(mutex_);
  Build(image);
  locks_.clear();
}

void SimulatedFileSystem::Build(const DiskImage& image) {
  root_ = NewDirectory();
  for (const std::string& directory : image.directories) MakeDirectories(directory);
  for (const auto& [path, content] : image.files) {
    auto node = std::make_shared<SimulatedNode>();
    node->file = SimulatedFile(content);
    MakeDirectories(DirectoryOf(path))->directory.Set(NameOf(path), std::move(node));
  }
  root_->directory.Sync();
  Walk(*root_, "", [](const std::string&, SimulatedNode& node) { node.directory.Sync(); });
}

bool SimulatedFileSystem::HasFile(const std::string& path) const {
  MutexLock lock(mutex_);
  return Find(path) != nullptr;
}

std::string SimulatedFileSystem::Contents(const std::string& path) const {
  MutexLock lock(mutex_);
  const NodePtr node = Find(path);
  if (!node) std::abort();
  return node->file.seen();
}

void SimulatedFileSystem::SetContents(const std::string& path, std::string content) {
  MutexLock lock(mutex_);
  const NodePtr parent = MakeDirectories(DirectoryOf(path));
  NodePtr node = parent->directory.Find(NameOf(path));
  if (!node) node = std::make_shared<SimulatedNode>();
  node->file = SimulatedFile(std::move(content));
  parent->directory.Set(NameOf(path), std::move(node));
  parent->directory.Sync();
}

void SimulatedFileSystem::FlipBit(const std::string& path, std::uint64_t bit) {
  std::string content = Contents(path);
  char& byte = content.at(bit / 8);
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (bit % 8)));
  SetContents(path, std::move(content));
}

void SimulatedFileSystem::Cut(const std::string& path, std::size_t size) {
  SetContents(path, Contents(path).substr(0, size));
}

void SimulatedFileSystem::Erase(const std::string& path) {
  MutexLock lock(mutex_);
  const NodePtr parent = ParentOf(path);
  if (!parent) std::abort();
  parent->directory.Remove(NameOf(path));
  parent->directory.Sync();
}

Result<void> SimulatedFileSystem::Begin(Operation operation, const std::string& path) {
  std::shared_ptr<const Hook> hook;
  {
    MutexLock lock(mutex_);
    hook = hook_;
  }
  if (hook) STRATA_TRY((*hook)(operation, path));
  MutexLock lock(mutex_);
  if (power_ && ChangesDisk(operation)) {
    ++changes_;
    if (power_ends_at_ && changes_ >= *power_ends_at_) power_ = false;
  }
  if (!power_) return Fail(ErrorCode::IO_ERROR, "'" + path + "': the power is cut");
  if (const auto code = faults_.Count(operation, path)) {
    return Fail(*code, "injected failure: " + std::string(Describe(operation)) + " " + path);
  }
  return Ok();
}

NodePtr SimulatedFileSystem::Find(const std::string& path) const {
  NodePtr node = root_;
  for (const std::string& name : Split(path)) {
    if (node && node->is_directory) {
      node = node->directory.Find(name);
    } else {
      return nullptr;
    }
  }
  return node;
}

NodePtr SimulatedFileSystem::ParentOf(const std::string& path) const {
  NodePtr parent = Find(DirectoryOf(path));
  return parent && parent->is_directory ? parent : nullptr;
}

NodePtr SimulatedFileSystem::MakeDirectories(const std::string& directory) {
  NodePtr node = root_;
  for (const std::string& name : Split(directory)) {
    NodePtr child = node->directory.Find(name);
    if (!child) {
      child = NewDirectory();
      node->directory.Set(name, child);
      node->directory.Sync();
    }
    node = std::move(child);
  }
  return node;
}

std::int64_t SimulatedFileSystem::UsedBytes() const {
  std::int64_t used = 0;
  Walk(*root_, "",
       [&](const std::string&, const SimulatedNode& node) { used += node.file.size(); });
  return used;
}

std::int64_t SimulatedFileSystem::RoomFor(std::int64_t bytes) const {
  if (!capacity_) return bytes;
  return std::clamp<std::int64_t>(*capacity_ - UsedBytes(), 0, bytes);
}

Result<std::unique_ptr<storage::File>> SimulatedFileSystem::Open(const std::string& path,
                                                                 OpenMode mode) {
  const bool create = mode == OpenMode::kCreate;
  STRATA_TRY(Begin(create ? Operation::kCreate : Operation::kOpen, path));
  MutexLock lock(mutex_);
  NodePtr node = Find(path);
  if (create) {
    const NodePtr parent = ParentOf(path);
    if (!parent) return Missing(DirectoryOf(path));
    if (node) return Fail(ErrorCode::IO_ERROR, "cannot create '" + path + "': it exists");
    node = std::make_shared<SimulatedNode>();
    parent->directory.Set(NameOf(path), node);
  }
  if (!node || node->is_directory) return Missing(path);
  return std::make_unique<OpenFile>(*this, path, std::move(node), mode != OpenMode::kReadOnly);
}

Result<void> SimulatedFileSystem::SyncAll(const std::string& directory) {
  const Result<void> begun = Begin(Operation::kSyncAll, directory);
  MutexLock lock(mutex_);
  if (!begun && !power_) return begun;
  if (begun) root_->directory.Sync();
  Walk(*root_, "", [&](const std::string&, SimulatedNode& node) {
    if (begun) {
      node.file.Sync();
      node.directory.Sync();
    } else {
      node.file.LoseDirtyPagesUnseen();
    }
  });
  return begun;
}

Result<void> SimulatedFileSystem::SyncDirectory(const std::string& directory) {
  STRATA_TRY(Begin(Operation::kSyncDirectory, directory));
  MutexLock lock(mutex_);
  const NodePtr node = Find(directory);
  if (!node || !node->is_directory) return Missing(directory);
  node->directory.Sync();
  return Ok();
}

Result<void> SimulatedFileSystem::CreateDirectory(const std::string& directory) {
  STRATA_TRY(Begin(Operation::kCreateDirectory, directory));
  MutexLock lock(mutex_);
  const NodePtr parent = ParentOf(directory);
  if (!parent) return Missing(DirectoryOf(directory));
  const NodePtr there = parent->directory.Find(NameOf(directory));
  if (there && !there->is_directory) {
    return Fail(ErrorCode::IO_ERROR, "'" + directory + "' is no directory");
  }
  if (!there) parent->directory.Set(NameOf(directory), NewDirectory());
  return Ok();
}

Result<void> SimulatedFileSystem::CreateDirectories(const std::string& directory) {
  std::string parent;
  for (const std::string& name : Split(directory)) {
    const std::string path = parent + "/" + name;
    STRATA_TRY_ASSIGN(const bool exists, Exists(path));
    if (!exists) {
      STRATA_TRY(CreateDirectory(path));
      STRATA_TRY(SyncDirectory(parent));
    }
    parent = path;
  }
  return Ok();
}

Result<std::vector<std::string>> SimulatedFileSystem::List(const std::string& directory) {
  STRATA_TRY(Begin(Operation::kList, directory));
  MutexLock lock(mutex_);
  const NodePtr node = Find(directory);
  if (!node || !node->is_directory) return Missing(directory);
  std::vector<std::string> names;
  for (const auto& [name, child] : node->directory.seen()) names.push_back(name);
  return names;
}

Result<bool> SimulatedFileSystem::Exists(const std::string& path) {
  STRATA_TRY(Begin(Operation::kExamine, path));
  MutexLock lock(mutex_);
  return Find(path) != nullptr;
}

Result<void> SimulatedFileSystem::Rename(const std::string& from, const std::string& to) {
  STRATA_TRY(Begin(Operation::kRename, from));
  MutexLock lock(mutex_);
  const NodePtr parent = ParentOf(from);
  const NodePtr node = Find(from);
  if (!node) return Missing(from);
  if (DirectoryOf(from) != DirectoryOf(to)) std::abort();  // nobody here needs it
  parent->directory.Rename(NameOf(from), NameOf(to));
  return Ok();
}

Result<void> SimulatedFileSystem::RemoveFile(const std::string& path) {
  STRATA_TRY(Begin(Operation::kRemoveFile, path));
  MutexLock lock(mutex_);
  const NodePtr node = Find(path);
  if (!node) return Ok();
  if (node->is_directory) return Fail(ErrorCode::IO_ERROR, "'" + path + "' is a directory");
  ParentOf(path)->directory.Remove(NameOf(path));
  return Ok();
}

Result<void> SimulatedFileSystem::RemoveTree(const std::string& path) {
  std::vector<std::string> names;
  bool is_directory = false;
  {
    MutexLock lock(mutex_);
    const NodePtr node = Find(path);
    if (!node) return Ok();
    is_directory = node->is_directory;
    for (const auto& [name, child] : node->directory.seen()) names.push_back(name);
  }
  for (const std::string& name : names) STRATA_TRY(RemoveTree(path + "/" + name));
  if (!is_directory) return RemoveFile(path);
  STRATA_TRY(Begin(Operation::kRemoveTree, path));
  MutexLock lock(mutex_);
  if (const NodePtr parent = ParentOf(path)) parent->directory.Remove(NameOf(path));
  return Ok();
}

Result<std::unique_ptr<storage::FileLock>> SimulatedFileSystem::LockFile(const std::string& path) {
  STRATA_TRY(Begin(Operation::kLock, path));
  MutexLock lock(mutex_);
  const NodePtr parent = ParentOf(path);
  if (!parent) return Missing(DirectoryOf(path));
  if (!Find(path)) parent->directory.Set(NameOf(path), std::make_shared<SimulatedNode>());
  std::weak_ptr<int>& holder = locks_[path];
  if (holder.lock()) {
    return Fail(ErrorCode::DATA_DIR_IN_USE, "'" + DirectoryOf(path) + "' is in use");
  }
  auto held = std::make_shared<int>();
  holder = held;
  return std::make_unique<Lock>(std::move(held));
}

Result<std::int64_t> SimulatedFileSystem::FreeBytes(const std::string& path) {
  STRATA_TRY(Begin(Operation::kExamine, path));
  MutexLock lock(mutex_);
  return RoomFor(std::numeric_limits<std::int64_t>::max());
}

}  // namespace strata::testing
