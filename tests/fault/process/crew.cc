#include "tests/fault/process/crew.h"

#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "tests/support/process/files.h"

namespace strata::fault {
namespace {

// What has come to a file since it was read last; it may not be there yet.
std::string ReadFrom(const std::string& path, std::size_t position) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(position));
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace

Crew::Crew(std::string broker, Options options, Dice& dice)
    : broker_(std::move(broker)),
      options_(std::move(options)),
      dice_(dice),
      places_(options_.places) {}

Crew::~Crew() = default;

std::string Crew::PathOf(std::size_t process, const std::string& kind) const {
  return directory_ / (NameOf(process) + kind);
}

void Crew::Start(std::size_t place) {
  if (StateOf(place) != State::kEmpty) return;
  const std::size_t number = processes_.size();
  const std::vector<std::string> arguments = {STRATA_MEMBER_BINARY,
                                              broker_,
                                              options_.topic,
                                              options_.group,
                                              NameOf(number),
                                              PathOf(number, ".notes"),
                                              std::to_string(dice_.Between(1, 1'000'000'000)),
                                              std::to_string(options_.max_processing.count()),
                                              std::to_string(options_.stands_still_one_in)};
  processes_.push_back({std::make_unique<e2e::Child>(
      arguments, e2e::ChildStreams{.errors = PathOf(number, ".errors")})});
  work_.emplace_back();
  places_[place] = {State::kWorking, number};
}

void Crew::Signal(std::size_t place, int signal) {
  Process& process = processes_[places_[place].process];
  if (process.child) process.child->Signal(signal);
}

void Crew::Kill(std::size_t place) {
  if (StateOf(place) == State::kEmpty) return;
  Signal(place, SIGKILL);
  processes_[ProcessAt(place)].killed = true;
  places_[place].state = State::kEmpty;
}

void Crew::Stop(std::size_t place) {
  if (StateOf(place) != State::kWorking) return;
  Signal(place, SIGSTOP);
  places_[place].state = State::kStopped;
}

void Crew::Continue(std::size_t place) {
  if (StateOf(place) != State::kStopped) return;
  Signal(place, SIGCONT);
  places_[place].state = State::kWorking;
}

void Crew::Leave(std::size_t place) {
  Continue(place);
  if (StateOf(place) != State::kWorking) return;
  Signal(place, SIGTERM);
  places_[place].state = State::kEmpty;
}

void Crew::WorkAll() {
  for (std::size_t i = 0; i < places(); ++i) {
    Continue(i);
    Start(i);
  }
}

std::vector<std::string> Crew::LeaveAll() {
  for (std::size_t i = 0; i < places(); ++i) Leave(i);
  std::vector<std::string> complaints;
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    const bool ended = WaitForEnd(processes_[i], e2e::kPatience);
    const std::optional<int>& status = processes_[i].status;
    // The second: it was told to leave before it could listen.
    const bool in_good_order = ended && (status == 0 || status == 128 + SIGTERM);
    if (processes_[i].killed || in_good_order) continue;
    complaints.push_back(NameOf(i) + " has ended with status " +
                         std::to_string(status.value_or(-1)) + ": " +
                         e2e::ReadFile(PathOf(i, ".errors")));
  }
  return complaints;
}

bool Crew::WaitForEnd(Process& process, std::chrono::milliseconds patience) {
  if (!process.child) return true;
  process.status = process.child->Wait(patience);
  if (process.status) process.child.reset();
  return process.status.has_value();
}

const std::vector<testing::MemberWork>& Crew::ReadNotes() {
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    Process& process = processes_[i];
    if (process.all_notes_read) continue;
    const bool ended = WaitForEnd(process, std::chrono::milliseconds(0));
    process.notes_read +=
        testing::ReadWork(ReadFrom(PathOf(i, ".notes"), process.notes_read), &work_[i]);
    process.all_notes_read = ended;
  }
  return work_;
}

}  // namespace strata::fault
