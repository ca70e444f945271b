// How the command line speaks of itself: its help, and what is wrong with what was typed.
#pragma once

#include <memory>
#include <string>

namespace CLI {
class App;
class FormatterBase;
class ParseError;
}  // namespace CLI

namespace strata::cli {

// Help with the names of values alone, without the parser's own notes.
std::shared_ptr<CLI::FormatterBase> PlainFormatter();

// One sentence on an error of `app.parse(argc, argv)`.
std::string UsageMessage(const CLI::App& app, const CLI::ParseError& error, int argc,
                         const char* const* argv);

// "strata topic create", as far as the command line was understood.
std::string CommandOf(const CLI::App& app);

}  // namespace strata::cli
