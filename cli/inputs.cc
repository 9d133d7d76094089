#include "cohort/cli/inputs.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <ostream>
#include <thread>

#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/in_order.h"

namespace cohort {
namespace {

struct Read {
  absl::StatusOr<History> history = absl::UnknownError("");
  absl::StatusOr<Snapshot> snapshot = absl::UnknownError("");
};

Read ReadSnapshot(const Terminal& io, const std::string& file) {
  Read read;
  read.history = ReadInput(io, file);
  if (read.history.ok()) {
    read.snapshot = SnapshotOf(*read.history, file);
  } else {
    read.snapshot = read.history.status();
  }
  return read;
}

}  // namespace

std::vector<std::string> Inputs::Files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (const auto origin = FindOrigin(io_.sources, path)) {
      AddRuns(*origin, files);
      continue;
    }
    auto below = ListHistoryFiles(path);
    if (!below.ok()) {
      ComplainOfList(below.status());
      continue;
    }
    files.insert(files.end(), std::make_move_iterator(below->begin()),
                 std::make_move_iterator(below->end()));
  }
  return files;
}

void Inputs::ForEach(const std::vector<std::string>& paths,
                     absl::FunctionRef<void(const History&)> use) {
  for (const std::string& path : paths) {
    for (const std::string& file : Files({path})) {
      auto history = ReadInput(io_, file);
      if (history.ok()) {
        use(*history);
      } else {
        ++unreadable_;
        Complain(history.status());
      }
    }
  }
}

void Inputs::Gather(const std::vector<std::string>& paths, std::size_t jobs,
                    Fleet& fleet) {
  const std::vector<std::string> files = Files(paths);
  std::size_t noted = fleet.notes().size();
  InOrder<Read>(
      files.size(), jobs,
      [&](std::size_t i) { return ReadSnapshot(io_, files[i]); },
      [&](std::size_t, Read read) {
        if (!read.snapshot.ok()) {
          ++unreadable_;
          return Complain(read.snapshot.status());
        }
        fleet.Add(*read.snapshot, *read.history);
        if (!read.snapshot->facts.problems.empty()) ++complaints_;
        for (; noted < fleet.notes().size(); ++noted) Say(fleet.notes()[noted]);
      });
}

void Inputs::AddRuns(const Origin& origin, std::vector<std::string>& names) {
  const absl::Status listed =
      origin.source->List(origin.location, [&](const RunListing& run) {
        names.push_back(origin.Word(run.name));
        return absl::OkStatus();
      });
  if (!listed.ok()) ComplainOfList(listed);
}

// A folder that can be read and holds nothing is no error.
void Inputs::ComplainOfList(const absl::Status& why) {
  if (absl::IsFailedPrecondition(why)) {
    ++empty_;
    return Say(ToStd(why.message()));
  }
  ++unreadable_;
  Complain(why);
}

void Inputs::Say(std::string_view message) {
  io_.err << "cohort: " << Printable(message) << "\n";
}

void Inputs::Complain(std::string_view message) {
  Say(message);
  ++complaints_;
}

void Inputs::Complain(const absl::Status& why) {
  Complain(ToStd(why.message()));
}

int Inputs::ExitCode(std::size_t found) const {
  if (complaints_ > 0) return kExitUnreadable;
  return found > 0 ? kExitOk : kExitNothing;
}

absl::StatusOr<History> ReadInput(const Terminal& io, const std::string& name) {
  if (const auto origin = FindOrigin(io.sources, name)) {
    return origin->source->Fetch(origin->location);
  }
  return ReadHistoryFile(name);
}

std::function<absl::StatusOr<History>(const std::string&)> InputReader(
    const Terminal& io) {
  return [&io](const std::string& name) { return ReadInput(io, name); };
}

std::size_t DefaultJobs() {
  return std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

}  // namespace cohort
