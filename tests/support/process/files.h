// Whole files. Both throw std::runtime_error with the path.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace strata::e2e {

std::string ReadFile(const std::filesystem::path& path);
void WriteFile(const std::filesystem::path& path, std::string_view content);

}  // namespace strata::e2e
