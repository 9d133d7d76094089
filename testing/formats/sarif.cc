#include "cohort/testing/formats/sarif.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "cohort/base/stable_hash.h"
#include "cohort/testing/formats/replay_data.h"
#include "cohort/testing/formats/words.h"
#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using formats::CodeSite;
using formats::HistoryReport;
using formats::Outcome;
using formats::ReplayData;
using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema =
    "https://json.schemastore.org/sarif-2.1.0.json";
constexpr std::string_view kRoot = "%SRCROOT%";

constexpr std::string_view kNondeterminism = "nondeterminism";
constexpr std::string_view kFailure = "workflow-failure";

struct RuleText {
  std::string name;
  std::string brief;
  std::string full;
};

RuleText TextOfRule(std::string_view id) {
  if (id == kNondeterminism) {
    return {"Nondeterminism",
            "The workflow code does not make the decisions that a recorded "
            "history holds.",
            "Runs that began under older code are replayed from their history. "
            "Where today's code issues another command than the history "
            "records, such a run cannot go on. Guard the change with "
            "GetVersion or Patched (docs/versioning.md)."};
  }
  if (id == kFailure) {
    return {"WorkflowFailure",
            "The workflow code cannot go on over a recorded history.",
            "A recorded version is out of the code's range, a call is misused, "
            "or the code threw what it did not throw before. The run would be "
            "stuck at this task."};
  }
  return {
      fmt::format("StrictRule {}", id),
      fmt::format("Strict rule {}: a break that the SDK's own replayer does "
                  "not look at.",
                  id),
      fmt::format("The code and the history disagree where the replayer of "
                  "the SDK that wrote the history does not compare; "
                  "docs/strictness.md says of {} why the difference is a "
                  "real one.",
                  id)};
}

std::string RuleOf(const HistoryReport& r) {
  if (!r.strict_rule.empty()) return r.strict_rule;
  const bool fails = r.verdict == "failed" || !r.live_turn.error.empty();
  return std::string(fails && !r.divergence ? kFailure : kNondeterminism);
}

// `nondeterminism` and `workflow-failure`, then the strict rules that occur.
std::vector<std::string> RulesOf(const ReplayData& data) {
  std::vector<std::string> ids = {std::string(kNondeterminism),
                                  std::string(kFailure)};
  for (const HistoryReport& r : data.reports) {
    std::string id = RuleOf(r);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) {
      ids.push_back(std::move(id));
    }
  }
  return ids;
}

Json PrintRule(const std::string& id) {
  const RuleText text = TextOfRule(id);
  return {{"id", id},
          {"name", text.name},
          {"shortDescription", {{"text", text.brief}}},
          {"fullDescription", {{"text", text.full}}},
          {"help", {{"text", text.full}}},
          {"defaultConfiguration", {{"level", "error"}}},
          {"properties",
           {{"precision", "very-high"},
            {"problem.severity", "error"},
            {"tags", {"workflow", "replay", "reliability"}}}}};
}

// A path as a reference to a resource. Only what may stand in a segment as it
// is stays; a colon would look like a scheme.
Json ArtifactOf(std::string_view path) {
  constexpr std::string_view kPlain = "-._~!$&'()*+,;=@/";
  std::string uri;
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (letter || digit || kPlain.find(c) != kPlain.npos) {
      uri += c;
    } else if (c == '\\') {
      uri += '/';
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  if (uri.starts_with('/')) return {{"uri", "file://" + uri}};
  return {{"uri", uri}, {"uriBaseId", kRoot}};
}

Json PlaceIn(const CodeSite& site) {
  Json place{{"artifactLocation", ArtifactOf(site.file)}};
  if (site.line > 0) place["region"] = {{"startLine", site.line}};
  return place;
}

Json LocationsOf(const CodeSite& site) {
  const Json location{{"physicalLocation", PlaceIn(site)}};
  return Json::array({location});
}

// The history, as a place beside the code's.
Json HistoryPlace(const HistoryReport& r) {
  const std::string where = formats::PlaceOf(r);
  std::string text = "the recorded history";
  if (!where.empty()) text += ", " + where;
  Json place{{"id", 1},
             {"physicalLocation", PlaceIn({r.source, 0})},
             {"message", {{"text", text}}}};
  if (!r.run_id.empty() || !r.workflow_id.empty()) {
    const Json run{
        {"name", r.run_id.empty() ? r.workflow_id : r.run_id},
        {"fullyQualifiedName",
         fmt::format("{}/{}/{}", r.workflow_type, r.workflow_id, r.run_id)},
        {"kind", "workflow run"}};
    place["logicalLocations"] = Json::array({run});
  }
  return place;
}

// The same for the same defect in the same run, whatever the code's line is.
std::string Fingerprint(const HistoryReport& r) {
  std::string text = fmt::format("{}\n{}\n{}\n{}", RuleOf(r), r.workflow_type,
                                 r.source, r.run_id);
  if (r.divergence) {
    text += fmt::format("\n{}\n{}", r.divergence->site.file,
                        r.divergence->event_id);
  }
  return fmt::format("{:016x}", StableHash(text));
}

Json Properties(const HistoryReport& r) {
  Json p{{"verdict", formats::ShownVerdict(r)}};
  if (!r.workflow_type.empty()) p["workflowType"] = r.workflow_type;
  if (!r.profile.empty()) p["profile"] = r.profile;
  if (r.divergence) {
    p["turn"] = r.divergence->turn;
    if (r.divergence->event_id != 0) p["eventId"] = r.divergence->event_id;
  }
  return p;
}

// "[text](1)" would be a link, in a message.
std::string PlainMessage(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("](")) out += '\\';
    out += text[i];
  }
  return out;
}

std::string MessageOf(const HistoryReport& r) {
  const std::string text = formats::ExplanationOf(r);
  const std::string head =
      fmt::format("{}, {}", formats::ShownType(r), formats::ShownVerdict(r));
  return PlainMessage(text.empty() ? head + "."
                                   : fmt::format("{}: {}", head, text));
}

Json ResultOf(const HistoryReport& r, const std::vector<std::string>& rules) {
  const std::string rule = RuleOf(r);
  const auto index =
      std::find(rules.begin(), rules.end(), rule) - rules.begin();
  const bool has_site = r.divergence && !r.divergence->site.file.empty();
  Json result{{"ruleId", rule},
              {"ruleIndex", index},
              {"level", "error"},
              {"message", {{"text", MessageOf(r)}}}};
  result["locations"] =
      LocationsOf(has_site ? r.divergence->site : CodeSite{r.source, 0});
  result["relatedLocations"] = Json::array({HistoryPlace(r)});
  result["partialFingerprints"] = {{"cohortReplay/v1", Fingerprint(r)}};
  if (formats::OutcomeOf(r) == Outcome::kAllowed) {
    const Json why{{"kind", "external"}, {"justification", r.allowed}};
    result["suppressions"] = Json::array({why});
  }
  result["properties"] = Properties(r);
  return result;
}

Json NotificationOf(const HistoryReport& r) {
  const bool error = formats::OutcomeOf(r) == Outcome::kError;
  std::string text = fmt::format("{}: {}", r.source, formats::ShownVerdict(r));
  const std::string more = formats::ExplanationOf(r);
  if (!more.empty()) text += ": " + more;
  Json n{{"level", error ? "error" : "warning"},
         {"message", {{"text", PlainMessage(text)}}},
         {"locations", LocationsOf({r.source, 0})}};
  if (!r.strict_rule.empty()) n["associatedRule"] = {{"id", r.strict_rule}};
  return n;
}

// SARIF's dates are RFC 3339 in UTC; another form is left out.
bool IsUtcDate(std::string_view when) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (when.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = when[i] >= '0' && when[i] <= '9';
    if (kForm[i] == '0' ? !digit : when[i] != kForm[i]) return false;
  }
  return true;
}

Json InvocationOf(const ReplayData& data) {
  Json notifications = Json::array();
  bool unread = false;
  for (const HistoryReport& r : data.reports) {
    const Outcome outcome = formats::OutcomeOf(r);
    unread = unread || outcome == Outcome::kError;
    if (outcome == Outcome::kError || outcome == Outcome::kOpen) {
      notifications.push_back(NotificationOf(r));
    }
  }
  constexpr int kUsageOrUnreadable = 2;
  Json invocation{
      {"executionSuccessful", !unread && data.exit_code != kUsageOrUnreadable}};
  if (data.exit_code) invocation["exitCode"] = *data.exit_code;
  if (IsUtcDate(data.when)) invocation["endTimeUtc"] = data.when;
  if (!notifications.empty()) {
    invocation["toolExecutionNotifications"] = std::move(notifications);
  }
  return invocation;
}

}  // namespace

std::string ToSarif(const Json& replay) {
  const ReplayData data = formats::ReadReplayData(replay);
  const std::vector<std::string> rules = RulesOf(data);
  Json driver{{"name", "cohort replay"}};
  if (!data.version.empty()) driver["version"] = data.version;
  driver["rules"] = Json::array();
  for (const std::string& id : rules) driver["rules"].push_back(PrintRule(id));
  Json results = Json::array();
  for (const std::size_t i : formats::WorstFirst(data)) {
    const HistoryReport& r = data.reports[i];
    const Outcome outcome = formats::OutcomeOf(r);
    if (outcome == Outcome::kBroken || outcome == Outcome::kAllowed) {
      results.push_back(ResultOf(r, rules));
    }
  }
  Json run{{"tool", {{"driver", std::move(driver)}}},
           {"invocations", Json::array({InvocationOf(data)})},
           // Programs of one project are told apart by this.
           {"automationDetails", {{"id", data.program + "/"}}},
           {"results", std::move(results)},
           {"columnKind", "utf16CodeUnits"}};
  const Json log{{"$schema", kSchema},
                 {"version", "2.1.0"},
                 {"runs", Json::array({std::move(run)})}};
  return log.dump(2) + "\n";
}

}  // namespace cohort
