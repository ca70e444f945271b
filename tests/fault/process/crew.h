// Members of a group as processes (tests/fault/member), in numbered places. Each place is empty, or
// has a process that works or is stopped; one that was killed or has left makes room for a new one.
// Every process has notes of its own (tests/fault/history/work_log.h).
//
// Use it from one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/fault/history/work_log.h"
#include "tests/fault/process/dice.h"
#include "tests/support/process/child.h"
#include "tests/support/temp_dir.h"

namespace strata::fault {

class Crew {
 public:
  struct Options {
    std::string topic;
    std::string group;
    std::size_t places = 1;
    std::chrono::milliseconds max_processing{2'000};
    std::int64_t stands_still_one_in = 0;  // turns; maybe for longer than it may. 0: never
  };
  enum class State { kEmpty, kWorking, kStopped };

  // All places are empty. `dice` outlives it.
  Crew(std::string broker, Options options, Dice& dice);
  // Kills whoever is left.
  ~Crew();

  std::size_t places() const { return places_.size(); }
  State StateOf(std::size_t place) const { return places_[place].state; }
  // The process that is there, or was there last, as an index into the notes.
  std::size_t ProcessAt(std::size_t place) const { return places_[place].process; }
  // What the broker calls the client of a process.
  static std::string NameOf(std::size_t process) { return "process-" + std::to_string(process); }

  void Start(std::size_t place);  // if it is empty
  void Kill(std::size_t place);   // kill -9
  void Stop(std::size_t place);   // SIGSTOP
  void Continue(std::size_t place);
  void Leave(std::size_t place);  // SIGTERM, without waiting for its end

  // Continues those that are stopped, and starts one in each empty place.
  void WorkAll();
  // Waits until all have left in good order. Returns what those had to say who have not, or whose
  // process has ended by itself.
  std::vector<std::string> LeaveAll();

  // What the processes have noted so far, in the order in which they were started.
  const std::vector<testing::MemberWork>& ReadNotes();

 private:
  struct Process {
    std::unique_ptr<e2e::Child> child;  // null: it has ended
    std::optional<int> status;
    bool killed = false;
    std::size_t notes_read = 0;  // bytes
    bool all_notes_read = false;
  };
  struct Place {
    State state = State::kEmpty;
    std::size_t process = 0;
  };

  std::string PathOf(std::size_t process, const std::string& kind) const;
  void Signal(std::size_t place, int signal);
  // Whether it has ended within that time.
  static bool WaitForEnd(Process& process, std::chrono::milliseconds patience);

  const std::string broker_;
  const Options options_;
  Dice& dice_;
  const testing::TempDir directory_;
  std::vector<Place> places_;
  std::vector<Process> processes_;
  std::vector<testing::MemberWork> work_;  // parallel to processes_
};

}  // namespace strata::fault
