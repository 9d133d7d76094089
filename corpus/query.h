// List filters: which runs of a listing are meant.
//
//   COHORT_ASSIGN_OR_RETURN(
//       Query query, Query::Parse("WorkflowType = 'Order' AND "
//                                 "(ExecutionStatus = 'Running' OR "
//                                 "CloseTime > '2026-01-01T00:00:00Z')"));
//   COHORT_ASSIGN_OR_RETURN(bool meant, query.Matches(run));
//
// The useful subset of Temporal's visibility queries, with its meaning:
//   fields     WorkflowType, WorkflowId, RunId, ExecutionStatus, TaskQueue,
//              BuildIds (BuildId), TemporalChangeVersion: texts;
//              StartTime, CloseTime: times; HistoryLength: a number.
//              Names are told apart by case, and may stand in backquotes.
//   operators  =, !=, <, <=, >, >=, [NOT] IN (...), [NOT] BETWEEN a AND b,
//              [NOT] STARTS_WITH, IS [NOT] NULL; NOT, AND, OR in this order,
//              and parentheses. Keywords in any case.
//   values     texts in single or double quotes (a doubled quote, or one behind
//              a backslash, is a quote), numbers; times in RFC 3339, as a date
//              (its midnight in UTC) or in nanoseconds since 1970; a status by
//              any of its names ('Running', 'RUNNING', 'open').
// A field without a value (no build id, an open run's CloseTime, a length of 0)
// is NULL: no comparison with it holds, but != and NOT IN do. A list (build
// ids, change versions) equals a value when one of its elements does.
// The empty query means every run.
// Threads: const access from several threads is safe.
// Errors: kInvalidArgument for what is no query, with the position (from 1) and
// what was expected; of Matches kFailedPrecondition when the answer rests on
// TemporalChangeVersion and the run's source cannot tell it.
#ifndef COHORT_CORPUS_QUERY_H_
#define COHORT_CORPUS_QUERY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/corpus/listing.h"

namespace cohort {

class Query {
 public:
  // Means every run.
  Query() = default;

  static absl::StatusOr<Query> Parse(std::string_view text);

  absl::StatusOr<bool> Matches(const RunListing& run) const;

  // As it was parsed.
  const std::string& text() const { return text_; }

 private:
  friend class QueryParser;

  enum class Field : std::uint8_t {
    kWorkflowType,
    kWorkflowId,
    kRunId,
    kStatus,
    kTaskQueue,
    kBuildId,
    kChangeVersion,
    kStartTime,
    kCloseTime,
    kHistoryLength,
  };
  enum class FieldKind : std::uint8_t { kText, kStatus, kTime, kNumber };
  struct FieldRow;
  static const FieldRow* FindField(std::string_view name);

  enum class Op : std::uint8_t {
    kAnd,  // of the nodes left and right
    kOr,
    kNot,  // of left
    kIn,   // any of the values; = is a list of one
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kStartsWith,
    kIsNull,
  };
  enum class Truth : std::uint8_t { kNo, kYes, kUnknown };

  struct Value {
    std::string text;
    absl::Time time;
    std::int64_t number = 0;
  };
  struct Node {
    Op op = Op::kIn;
    Field field = Field::kWorkflowType;
    FieldKind kind = FieldKind::kText;
    std::vector<Value> values;
    std::size_t left = 0;
    std::size_t right = 0;
  };

  Truth Evaluate(std::size_t node, const RunListing& run) const;
  template <typename Use>
  static void ForEachValue(Field field, const RunListing& run, Use&& use);
  static Truth Compare(const Node& node, const RunListing& run);

  std::string text_;
  std::vector<Node> nodes_;  // the last is the whole
};

}  // namespace cohort

#endif  // COHORT_CORPUS_QUERY_H_
