#include "tests/support/process/broker.h"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <unistd.h>

#include "tests/support/process/files.h"

namespace strata::e2e {

Broker::Broker(std::filesystem::path data_dir, std::vector<std::string> more,
               std::vector<std::string> launcher)
    : data_dir_(std::move(data_dir)), more_(std::move(more)), launcher_(std::move(launcher)) {
  Start();
}

Broker::~Broker() = default;

std::filesystem::path Broker::Beside(const std::string& suffix) const {
  return data_dir_.string() + suffix;
}

std::string Broker::Log() const {
  return ReadFile(Beside(".log"));
}

std::filesystem::path Broker::Proc(const std::string& name) const {
  return "/proc/" + std::to_string(process_->pid()) + "/" + name;
}

std::size_t Broker::OpenFiles() const {
  const std::filesystem::directory_iterator files(Proc("fd"));
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::int64_t Broker::ResidentBytes() const {
  std::istringstream pages(ReadFile(Proc("statm")));
  std::int64_t size = 0;
  std::int64_t resident = 0;
  pages >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::int64_t Broker::BytesRead() const {
  std::istringstream counters(ReadFile(Proc("io")));
  std::string name;
  std::int64_t bytes = 0;
  counters >> name >> bytes;
  if (name != "rchar:") throw std::runtime_error("/proc/PID/io begins with " + name);
  return bytes;
}

std::chrono::nanoseconds Broker::CpuTime() const {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(process_->pid(), &clock) != 0 || clock_gettime(clock, &time) != 0) {
    throw std::runtime_error("cannot read the processor time of stratad");
  }
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void Broker::Start() {
  const std::filesystem::path port_file = Beside(".port");
  std::filesystem::remove(port_file);
  const std::vector<std::string> own = {STRATAD_BINARY, "--data-dir",  data_dir_, "--listen",
                                        address_,       "--port-file", port_file};
  std::vector<std::string> arguments = launcher_;
  arguments.insert(arguments.end(), own.begin(), own.end());
  if (std::find(more_.begin(), more_.end(), "--http-listen") == more_.end()) {
    arguments.insert(arguments.end(), {"--http-listen", "off"});
  }
  arguments.insert(arguments.end(), more_.begin(), more_.end());
  process_ = std::make_unique<Child>(
      arguments, ChildStreams{.output = Beside(".out"), .errors = Beside(".log")});
  const auto has_port = [&] { return std::filesystem::exists(port_file); };
  if (!process_->WaitUntil(has_port)) throw std::runtime_error("stratad: " + Log());
  std::istringstream addresses(ReadFile(port_file));
  std::getline(addresses, address_);
  std::getline(addresses, http_address_);
}

void Broker::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait();
}

int Broker::Stop() {
  process_->Signal(SIGTERM);
  const auto status = process_->Wait();
  if (!status) throw std::runtime_error("stratad does not stop: " + Log());
  return *status;
}

}  // namespace strata::e2e
