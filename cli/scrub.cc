#include "cohort/cli/scrub.h"

#include <filesystem>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/cli/inputs.h"
#include "cohort/corpus/scrub.h"
#include "cohort/corpus/whole_file.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;

struct Args {
  std::string in;
  std::string out;
  bool names = false;
  bool ids = false;
  bool keep_keys = false;
};

// Where the file of the folder `in` goes. Names of files may hold ids.
std::string PathOf(const Args& args, const std::string& file,
                   std::size_t number) {
  if (args.ids) {
    return (fs::path(args.out) / fmt::format("history-{}.json", number))
        .string();
  }
  fs::path path =
      fs::path(args.out) / fs::path(file).lexically_relative(args.in);
  if (path.extension() != ".json") path.replace_extension();  // .gz, .zst
  return path.string();
}

bool IsSame(const std::string& a, const std::string& b) {
  std::error_code error;
  return fs::weakly_canonical(a, error) == fs::weakly_canonical(b, error);
}

absl::Status ScrubFile(const Terminal& io, Scrubber& scrubber,
                       const std::string& from, const std::string& to) {
  COHORT_ASSIGN_OR_RETURN(const History history, ReadInput(io, from));
  COHORT_ASSIGN_OR_RETURN(const std::string json, scrubber.Scrub(history));
  return WriteWholeFile(to, json);
}

int RunScrub(const Args& args, const Terminal& io) {
  Inputs inputs(io);
  if (IsSame(args.in, args.out)) {
    inputs.Complain(
        fmt::format("{}: IN and OUT are the same; the original "
                    "would be lost",
                    args.out));
    return kExitUnreadable;
  }
  std::error_code error;
  const bool folder = fs::is_directory(args.in, error);
  Scrubber scrubber(
      {.keys = args.keep_keys ? Treatment::kKept : Treatment::kReplaced,
       .names = args.names ? Treatment::kReplaced : Treatment::kKept,
       .ids = args.ids ? Treatment::kReplaced : Treatment::kKept});
  std::set<std::string> written;
  std::size_t number = 0;
  for (const std::string& file : inputs.Files({args.in})) {
    const std::string to = folder ? PathOf(args, file, ++number) : args.out;
    if (!written.insert(to).second) {
      inputs.Complain(
          fmt::format("{}: another file became {} already", file, to));
      continue;
    }
    const absl::Status done = ScrubFile(io, scrubber, file, to);
    if (done.ok()) continue;
    written.erase(to);
    inputs.Complain(done);
  }
  if (!written.empty()) {
    io.out << fmt::format("{} histories written to {}\n", written.size(),
                          Printable(args.out));
  }
  return inputs.ExitCode(written.size());
}

}  // namespace

Subcommand AddScrub(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser = app.add_subcommand(
      "scrub",
      "Histories without data: payloads, messages and stack traces become "
      "tokens");
  parser->add_option("IN", args->in, "A history file, or a folder of them")
      ->required();
  parser->add_option("OUT", args->out, "The file, or the folder, to write")
      ->required();
  parser->add_flag("--names", args->names,
                   "Types, signals, queues and the like become tokens too");
  parser->add_flag("--ids", args->ids,
                   "Ids of workflows, runs, activities and updates too, and "
                   "the files' names");
  parser->add_flag("--keep-keys", args->keep_keys,
                   "Keys of objects stay: for code that reads fields by name");
  return {parser, [args](const Terminal& io) { return RunScrub(*args, io); }};
}

}  // namespace cohort
