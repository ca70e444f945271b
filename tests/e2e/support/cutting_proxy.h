// A TCP proxy that breaks its connections off at random places: within a frame, after a request and
// before its answer, or before anything was said.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <random>
#include <string>
#include <thread>

namespace strata::e2e {

class CuttingProxy {
 public:
  // Forwards from a free port of the loopback interface to `target` (HOST:PORT). Each connection
  // breaks after up to 2 * `mean_bytes` bytes of both directions together; equal seeds draw equal
  // numbers.
  CuttingProxy(const std::string& target, std::uint64_t seed, std::size_t mean_bytes);
  ~CuttingProxy();

  // HOST:PORT where it listens.
  const std::string& address() const { return address_; }
  // Connections that it has broken off so far.
  int cuts() const { return cuts_; }

 private:
  class Link;

  void Run();
  void Accept();

  const std::string target_;
  const std::size_t mean_bytes_;
  std::string address_;
  int listener_ = -1;
  int stop_pipe_[2] = {-1, -1};

  std::mt19937_64 random_;                  // owned by the thread
  std::list<std::unique_ptr<Link>> links_;  // owned by the thread
  std::atomic<int> cuts_ = 0;
  std::thread thread_;
};

}  // namespace strata::e2e
