#include "cohort/corpus/query.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/corpus/query_token.h"
#include "cohort/history/time.h"

namespace cohort {

struct Query::FieldRow {
  Field field;
  FieldKind kind;
  std::string_view name;
};

const Query::FieldRow* Query::FindField(std::string_view name) {
  static constexpr FieldRow kFields[] = {
      {Field::kWorkflowType, FieldKind::kText, "WorkflowType"},
      {Field::kWorkflowId, FieldKind::kText, "WorkflowId"},
      {Field::kRunId, FieldKind::kText, "RunId"},
      {Field::kStatus, FieldKind::kStatus, "ExecutionStatus"},
      {Field::kTaskQueue, FieldKind::kText, "TaskQueue"},
      {Field::kBuildId, FieldKind::kText, "BuildIds"},
      {Field::kBuildId, FieldKind::kText, "BuildId"},
      {Field::kChangeVersion, FieldKind::kText, "TemporalChangeVersion"},
      {Field::kStartTime, FieldKind::kTime, "StartTime"},
      {Field::kCloseTime, FieldKind::kTime, "CloseTime"},
      {Field::kHistoryLength, FieldKind::kNumber, "HistoryLength"},
  };
  const auto* row =
      std::find_if(std::begin(kFields), std::end(kFields),
                   [&](const FieldRow& r) { return r.name == name; });
  return row == std::end(kFields) ? nullptr : row;
}

// A chain of them is as deep as it is long where it is evaluated.
constexpr std::size_t kNodesMax = 5000;

// Recursive descent; each function leaves its node last in `nodes_`.
class QueryParser {
 public:
  QueryParser(std::vector<QueryToken> tokens, std::vector<Query::Node>& nodes)
      : tokens_(std::move(tokens)), nodes_(nodes) {}

  absl::Status Parse() {
    if (Now().kind == QueryTokenKind::kEnd) return absl::OkStatus();
    COHORT_RETURN_IF_ERROR(ParseOr());
    if (Now().kind != QueryTokenKind::kEnd)
      return Expected("AND, OR or the end");
    return absl::OkStatus();
  }

 private:
  using Op = Query::Op;
  using Node = Query::Node;

  absl::Status ParseOr() {
    return ParseChain("OR", Op::kOr, [this] { return ParseAnd(); });
  }
  absl::Status ParseAnd() {
    return ParseChain("AND", Op::kAnd, [this] { return ParseNot(); });
  }

  template <typename Part>
  absl::Status ParseChain(std::string_view word, Op op, Part&& part) {
    COHORT_RETURN_IF_ERROR(part());
    while (TakeWord(word)) {
      const std::size_t left = nodes_.size() - 1;
      COHORT_RETURN_IF_ERROR(part());
      Add({.op = op, .left = left, .right = nodes_.size() - 1});
    }
    return absl::OkStatus();
  }

  absl::Status ParseNot() {
    bool negated = false;
    while (TakeWord("NOT")) negated = !negated;
    COHORT_RETURN_IF_ERROR(ParsePrimary());
    if (negated) Negate();
    return absl::OkStatus();
  }

  absl::Status ParsePrimary() {
    if (!TakeSymbol("(")) return ParseComparison();
    if (++depth_ > kNestingDepthMax) {
      return InvalidArgument(
          "query, position {}: more than {} parentheses "
          "inside each other",
          Now().position, kNestingDepthMax);
    }
    COHORT_RETURN_IF_ERROR(ParseOr());
    --depth_;
    return TakeSymbol(")") ? absl::OkStatus() : Expected("AND, OR or )");
  }

  absl::Status ParseComparison() {
    const QueryToken name = Now();
    const Query::FieldRow* row = name.kind == QueryTokenKind::kWord
                                     ? Query::FindField(name.text)
                                     : nullptr;
    if (row == nullptr) {
      return Expected(
          "a field (WorkflowType, WorkflowId, RunId, ExecutionStatus, "
          "TaskQueue, BuildIds, TemporalChangeVersion, StartTime, CloseTime, "
          "HistoryLength)");
    }
    ++at_;
    if (nodes_.size() > kNodesMax) {
      return InvalidArgument(
          "query, position {}: too many comparisons; name values with IN",
          name.position);
    }
    Node node{.field = row->field, .kind = row->kind};
    if (TakeWord("IS")) {
      const bool negated = TakeWord("NOT");
      if (!TakeWord("NULL")) return Expected("NULL");
      node.op = Op::kIsNull;
      return AddMaybeNegated(std::move(node), negated);
    }
    const bool negated = TakeWord("NOT");
    if (TakeWord("IN")) return ParseList(std::move(node), negated);
    if (TakeWord("BETWEEN")) return ParseBetween(std::move(node), negated);
    if (TakeWord("STARTS_WITH")) {
      node.op = Op::kStartsWith;
      if (node.kind != Query::FieldKind::kText) return NotFor(name);
      COHORT_RETURN_IF_ERROR(ParseValue(node));
      return AddMaybeNegated(std::move(node), negated);
    }
    if (negated) return Expected("IN, BETWEEN or STARTS_WITH");
    return ParseOperator(name, std::move(node));
  }

  absl::Status ParseOperator(const QueryToken& name, Node node) {
    if (TakeSymbol("=")) return ParseEqual(std::move(node), false);
    if (TakeSymbol("!=")) return ParseEqual(std::move(node), true);
    struct Row {
      std::string_view symbol;
      Op op;
    };
    for (const Row& row :
         {Row{"<=", Op::kLessOrEqual}, Row{"<", Op::kLess},
          Row{">=", Op::kGreaterOrEqual}, Row{">", Op::kGreater}}) {
      if (!TakeSymbol(row.symbol)) continue;
      if (node.kind == Query::FieldKind::kStatus) return NotFor(name);
      node.op = row.op;
      COHORT_RETURN_IF_ERROR(ParseValue(node));
      Add(std::move(node));
      return absl::OkStatus();
    }
    return Expected("=, !=, <, <=, >, >=, IN, BETWEEN, STARTS_WITH or IS NULL");
  }

  absl::Status ParseEqual(Node node, bool negated) {
    COHORT_RETURN_IF_ERROR(ParseValue(node));
    return AddMaybeNegated(std::move(node), negated);
  }

  absl::Status ParseList(Node node, bool negated) {
    if (!TakeSymbol("(")) return Expected("( and the values");
    do {
      COHORT_RETURN_IF_ERROR(ParseValue(node));
    } while (TakeSymbol(","));
    if (!TakeSymbol(")")) return Expected(", or )");
    return AddMaybeNegated(std::move(node), negated);
  }

  absl::Status ParseBetween(Node node, bool negated) {
    if (node.kind == Query::FieldKind::kStatus) return NotFor(tokens_[at_ - 2]);
    Node upper = node;
    node.op = Op::kGreaterOrEqual;
    upper.op = Op::kLessOrEqual;
    COHORT_RETURN_IF_ERROR(ParseValue(node));
    if (!TakeWord("AND")) return Expected("AND and the upper end");
    COHORT_RETURN_IF_ERROR(ParseValue(upper));
    Add(std::move(node));
    Add(std::move(upper));
    const std::size_t last = nodes_.size() - 1;
    return AddMaybeNegated({.op = Op::kAnd, .left = last - 1, .right = last},
                           negated);
  }

  absl::Status ParseValue(Node& node) {
    const QueryToken& token = Now();
    if (token.kind != QueryTokenKind::kText &&
        token.kind != QueryTokenKind::kNumber) {
      return Expected("a value: a text in quotes, or a number");
    }
    Query::Value value{.text = token.text};
    switch (node.kind) {
      case Query::FieldKind::kText:
        break;
      case Query::FieldKind::kStatus: {
        const std::optional<RunStatus> status = FindRunStatus(token.text);
        if (!status) {
          return Expected(
              "a status (Running, Completed, Failed, Canceled, Terminated, "
              "ContinuedAsNew, TimedOut)");
        }
        value.number = static_cast<int>(*status);
        break;
      }
      case Query::FieldKind::kTime: {
        const bool date = token.text.size() == 10 && token.text[4] == '-';
        auto time = ParseTime(date ? token.text + "T00:00:00Z" : token.text);
        if (!time.ok()) {
          return Expected("a time, like '2026-01-31T12:00:00Z'");
        }
        value.time = *time;
        break;
      }
      case Query::FieldKind::kNumber: {
        const std::string& digits = token.text;
        const char* end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, value.number);
        if (read.ec != std::errc() || read.ptr != end) {
          return Expected("a whole number");
        }
        break;
      }
    }
    ++at_;
    node.values.push_back(std::move(value));
    return absl::OkStatus();
  }

  void Add(Node node) { nodes_.push_back(std::move(node)); }
  void Negate() { Add({.op = Op::kNot, .left = nodes_.size() - 1}); }
  absl::Status AddMaybeNegated(Node node, bool negated) {
    Add(std::move(node));
    if (negated) Negate();
    return absl::OkStatus();
  }

  const QueryToken& Now() const { return tokens_[at_]; }
  bool TakeWord(std::string_view word) {
    if (!IsKeyword(Now(), word)) return false;
    ++at_;
    return true;
  }
  bool TakeSymbol(std::string_view symbol) {
    if (Now().kind != QueryTokenKind::kSymbol || Now().text != symbol)
      return false;
    ++at_;
    return true;
  }
  absl::Status Expected(std::string_view what) const {
    return InvalidArgument("query, position {}: expected {}, found {}",
                           Now().position, what, WordsOf(Now()));
  }
  absl::Status NotFor(const QueryToken& name) const {
    return InvalidArgument("query, position {}: {} has no such comparison",
                           name.position, name.text);
  }

  std::vector<QueryToken> tokens_;
  std::vector<Query::Node>& nodes_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

absl::StatusOr<Query> Query::Parse(std::string_view text) {
  COHORT_ASSIGN_OR_RETURN(std::vector<QueryToken> tokens, QueryTokens(text));
  Query query;
  query.text_ = std::string(text);
  COHORT_RETURN_IF_ERROR(QueryParser(std::move(tokens), query.nodes_).Parse());
  return query;
}

absl::StatusOr<bool> Query::Matches(const RunListing& run) const {
  if (nodes_.empty()) return true;
  const Truth truth = Evaluate(nodes_.size() - 1, run);
  if (truth != Truth::kUnknown) return truth == Truth::kYes;
  return FailedPrecondition(
      "run {}: its source cannot tell TemporalChangeVersion, which the query "
      "asks for; leave it out, or list from a source that has it",
      run.run_id.empty() ? run.name : run.run_id);
}

Query::Truth Query::Evaluate(std::size_t at, const RunListing& run) const {
  const Node& node = nodes_[at];
  if (node.op == Op::kNot) {
    const Truth truth = Evaluate(node.left, run);
    if (truth == Truth::kUnknown) return truth;
    return truth == Truth::kYes ? Truth::kNo : Truth::kYes;
  }
  if (node.op != Op::kAnd && node.op != Op::kOr) return Compare(node, run);
  const Truth decides = node.op == Op::kAnd ? Truth::kNo : Truth::kYes;
  const Truth left = Evaluate(node.left, run);
  if (left == decides) return left;
  const Truth right = Evaluate(node.right, run);
  return left == Truth::kUnknown && right != decides ? left : right;
}

namespace {

// One value of a run's field; which member counts is the field's kind.
struct Has {
  std::string_view text;
  absl::Time time;
  std::int64_t number = 0;
};

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

}  // namespace

// Calls `use` with a Has for each value that the run's field has.
template <typename Use>
void Query::ForEachValue(Field field, const RunListing& run, Use&& use) {
  const auto use_text = [&](std::string_view text) {
    if (!text.empty()) use(Has{.text = text});
  };
  switch (field) {
    case Field::kWorkflowType:
      return use_text(run.workflow_type);
    case Field::kWorkflowId:
      return use_text(run.workflow_id);
    case Field::kRunId:
      return use_text(run.run_id);
    case Field::kTaskQueue:
      return use_text(run.task_queue);
    case Field::kBuildId:
      return use_text(run.build_id);
    case Field::kChangeVersion:
      for (const std::string& element : *run.change_versions) use_text(element);
      return;
    case Field::kStatus:
      return use(Has{.number = static_cast<int>(run.status)});
    case Field::kStartTime:
      if (run.started != absl::InfinitePast()) use(Has{.time = run.started});
      return;
    case Field::kCloseTime:
      if (run.closed != absl::InfiniteFuture()) use(Has{.time = run.closed});
      return;
    case Field::kHistoryLength:
      if (run.events > 0) use(Has{.number = run.events});
  }
}

Query::Truth Query::Compare(const Node& node, const RunListing& run) {
  if (node.field == Field::kChangeVersion && !run.change_versions) {
    return Truth::kUnknown;
  }
  const auto holds = [&node](const Has& has, const Value& value) {
    int order = 0;
    switch (node.kind) {
      case FieldKind::kText:
        if (node.op == Op::kStartsWith) return has.text.starts_with(value.text);
        order = Order<std::string_view>(has.text, value.text);
        break;
      case FieldKind::kTime:
        order = Order(has.time, value.time);
        break;
      default:
        order = Order(has.number, value.number);
    }
    switch (node.op) {
      case Op::kLess:
        return order < 0;
      case Op::kLessOrEqual:
        return order <= 0;
      case Op::kGreater:
        return order > 0;
      case Op::kGreaterOrEqual:
        return order >= 0;
      default:
        return order == 0;
    }
  };
  bool found = false;
  ForEachValue(node.field, run, [&](const Has& has) {
    found = found || node.op == Op::kIsNull ||
            std::any_of(node.values.begin(), node.values.end(),
                        [&](const Value& value) { return holds(has, value); });
  });
  if (node.op == Op::kIsNull) found = !found;
  return found ? Truth::kYes : Truth::kNo;
}

}  // namespace cohort
