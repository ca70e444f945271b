// The parameter of a contract suite: how to make a backend, under a name that tests show.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

namespace strata::storage {

template <class Backend>
struct BackendFactory {
  std::string name;
  std::function<std::unique_ptr<Backend>()> make;

  friend std::ostream& operator<<(std::ostream& out, const BackendFactory& factory) {
    return out << factory.name;
  }
};

template <class Interface, class Backend>
BackendFactory<Interface> Factory(const char* name) {
  return {name, [] { return std::make_unique<Backend>(); }};
}

// For INSTANTIATE_TEST_SUITE_P.
struct BackendName {
  template <class Factory>
  std::string operator()(const ::testing::TestParamInfo<Factory>& info) const {
    return info.param.name;
  }
};

}  // namespace strata::storage
