#include "cohort/cli/sample.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/cli/origin.h"
#include "cohort/corpus/corpus_source.h"
#include "cohort/corpus/dump_source.h"
#include "cohort/corpus/fill.h"
#include "cohort/corpus/folder_source.h"
#include "cohort/corpus/sampler.h"
#include "cohort/corpus/statistics.h"
#include "cohort/corpus/store_rows.h"
#include "cohort/history/time.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;

constexpr double kAlpha = 0.05;

// A source of the program's, or one that is made for the call.
struct SampleOrigin {
  std::unique_ptr<HistorySource> own;
  Origin origin;
};

// "SCHEME:LOCATION", or a path: a folder is one of histories, a file a listing.
absl::StatusOr<SampleOrigin> OriginOf(
    const std::string& from, const HistorySources* sources,
    FolderSource::OnUnreadable on_unreadable) {
  if (const auto known = FindOrigin(sources, from)) {
    return SampleOrigin{nullptr, *known};
  }
  std::error_code error;
  std::string scheme = fs::is_directory(from, error) ? "folder" : "dump";
  std::string location = from;
  for (std::string_view known : {"folder", "dump", "corpus"}) {
    if (!from.starts_with(std::string(known) + ":")) continue;
    scheme = known;
    location = from.substr(known.size() + 1);
  }
  SampleOrigin origin;
  if (scheme == "folder") {
    origin.own = std::make_unique<FolderSource>(std::move(on_unreadable));
  } else if (scheme == "corpus") {
    origin.own = std::make_unique<CorpusSource>();
  } else if (fs::exists(location, error)) {
    origin.own = std::make_unique<DumpSource>();
  } else {
    return NotFound(
        "--from {}: no such file or folder; give a folder of histories, or a "
        "listing (`temporal workflow list --output json`)",
        from);
  }
  origin.origin = {origin.own.get(), location};
  return origin;
}

absl::StatusOr<absl::Time> TimeOfArg(const std::string& text, const char* name,
                                     absl::Time absent) {
  if (text.empty()) return absent;
  const bool date = text.size() == 10 && text[4] == '-';
  auto time = ParseTime(date ? text + "T00:00:00Z" : text);
  if (time.ok()) return time;
  return InvalidArgument("{} {}: no time, like 2026-01-31T12:00:00Z", name,
                         text);
}

absl::StatusOr<std::optional<double>> RiskOf(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string_view number = text;
  const bool percent = number.ends_with('%');
  if (percent) number.remove_suffix(1);
  double risk = 0;
  const char* end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, risk);
  if (read.ec != std::errc() || read.ptr != end) {
    return InvalidArgument("--until-risk {}: no share, like 0.1% or 0.001",
                           text);
  }
  return percent ? risk / 100 : risk;
}

absl::StatusOr<SampleOptions> OptionsOf(const SampleArgs& args) {
  SampleOptions options;
  options.seed = args.seed;
  options.per_stratum = args.per_stratum;
  COHORT_ASSIGN_OR_RETURN(options.until_risk, RiskOf(args.until_risk));
  options.budget = args.budget;
  if (options.budget == 0) {
    options.budget = options.until_risk ? kRiskBudget : kSampleBudget;
  }
  SampleFilter& filter = options.filter;
  COHORT_ASSIGN_OR_RETURN(filter.query, Query::Parse(args.query));
  filter.workflow_types = args.types;
  COHORT_ASSIGN_OR_RETURN(
      filter.started_after,
      TimeOfArg(args.started_after, "--started-after", absl::InfinitePast()));
  COHORT_ASSIGN_OR_RETURN(filter.started_before,
                          TimeOfArg(args.started_before, "--started-before",
                                    absl::InfiniteFuture()));
  COHORT_ASSIGN_OR_RETURN(options.now, TimeOfArg(args.at, "--at", absl::Now()));
  return options;
}

// What has to be equal for a sampling to be the same one.
std::string RequestOf(const SampleArgs& args, const SampleOptions& options) {
  std::string words =
      fmt::format("--seed {} --per-stratum {} --budget {} --keep {}", args.seed,
                  args.per_stratum, options.budget, args.keep);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) words += fmt::format(" {} \"{}\"", name, value);
  };
  add("--until-risk", args.until_risk);
  add("--query", args.query);
  for (const std::string& type : args.types) add("--type", type);
  add("--started-after", args.started_after);
  add("--started-before", args.started_before);
  return words;
}

// Draws a new round and records it; false if the population is empty.
absl::StatusOr<bool> Draw(const Origin& origin, SampleOptions options,
                          std::optional<CorpusStore>& store,
                          SampleReport& report) {
  CorpusRound& round = report.round;
  if (options.until_risk) {
    std::int64_t rounds = 0;
    if (store) {
      COHORT_ASSIGN_OR_RETURN(rounds, store->RoundsOf(options.seed));
    }
    options.alpha = AlphaOfRound(kAlpha, rounds + 1);
  }
  round.seed = options.seed;
  round.alpha = options.alpha;
  round.at = options.now;
  COHORT_ASSIGN_OR_RETURN(Sampler sampler, Sampler::Create(std::move(options)));
  COHORT_RETURN_IF_ERROR(origin.source->List(
      origin.location,
      [&](const RunListing& run) { return sampler.Add(run); }));
  const Sample sample = std::move(sampler).Finish();
  round.listed = sample.listed;
  if (sample.population == 0) return false;
  if (!store) {
    COHORT_ASSIGN_OR_RETURN(store, CorpusStore::Open(report.folder));
  }
  COHORT_RETURN_IF_ERROR(store->BeginRound(round, sample));
  return true;
}

}  // namespace

absl::StatusOr<SampleReport> TakeSample(const SampleArgs& args,
                                        const HistorySources* sources) {
  SampleReport report;
  report.folder = args.into;
  report.until_risk = args.until_risk;
  if (args.keep != WordOf(KeepOf(args.keep))) {
    return InvalidArgument("--keep {}: has to be each or one-each-shape",
                           args.keep);
  }
  COHORT_ASSIGN_OR_RETURN(SampleOptions options, OptionsOf(args));
  // The options are checked before a listing that may take long.
  COHORT_RETURN_IF_ERROR(Sampler::Create(options).status());
  COHORT_ASSIGN_OR_RETURN(
      SampleOrigin found,
      OriginOf(args.from, sources,
               [&](const std::string&, const absl::Status& why) {
                 report.unreadable.emplace_back(ToStd(why.message()));
               }));
  const Origin& origin = found.origin;
  report.round.keep = KeepOf(args.keep);
  report.round.source = origin.Word(origin.location);
  report.round.request = RequestOf(args, options);
  std::optional<CorpusStore> store;
  std::error_code error;
  if (fs::exists(args.into + "/index.sqlite", error)) {
    COHORT_ASSIGN_OR_RETURN(store, CorpusStore::Open(args.into));
    COHORT_ASSIGN_OR_RETURN(const std::optional<CorpusRound> last,
                            store->LastRound());
    report.resumed = last && !last->finished &&
                     last->source == report.round.source &&
                     last->request == report.round.request;
  }
  const absl::Time now = options.now;
  if (!report.resumed) {
    COHORT_ASSIGN_OR_RETURN(const bool some,
                            Draw(origin, std::move(options), store, report));
    if (!some) return report;
  }
  COHORT_RETURN_IF_ERROR(FillRound(*store, *origin.source, {.now = now}));
  COHORT_ASSIGN_OR_RETURN(std::optional<CorpusRound> round, store->LastRound());
  report.round = *std::move(round);
  COHORT_ASSIGN_OR_RETURN(report.proof,
                          ProofOf(report.round, [](const CorpusRun&) {
                            return RunVerdict::kClean;
                          }));
  return report;
}

}  // namespace cohort
