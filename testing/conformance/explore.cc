#include <iostream>

#include "cohort/testing/conformance/conformance.h"
#include "cohort/testing/conformance/made_programs.h"
using namespace cohort;
using namespace cohort_testing;
struct Flip {
  const char* name;
  void (*set)(Profile&);
};
#define F(c, v)                            \
  Flip {                                   \
    #c "=" #v, [](Profile& p) { p.c = v; } \
  }
int main() {
  const Flip flips[] = {F(position, MarkerPosition::kFree),
                        F(position, MarkerPosition::kInOrder),
                        F(late_marker, LateMarker::kOverwrite),
                        F(late_marker, LateMarker::kDiverge),
                        F(late_marker, LateMarker::kUnmatched),
                        F(unrecorded_patch, UnrecordedPatch::kRemember),
                        F(unrecorded_patch, UnrecordedPatch::kForget),
                        F(delivery, Delivery::kEventOrder),
                        F(delivery, Delivery::kSignalsFirst),
                        F(delivery, Delivery::kSignalsFirstCancelLast),
                        F(ready, ReadyOrder::kFifo),
                        F(ready, ReadyOrder::kCreation),
                        F(cancel_race, CancelRace::kFirstWins),
                        F(cancel_race, CancelRace::kCancelWins),
                        F(canceled_scope, CanceledScope::kRefuse),
                        F(canceled_scope, CanceledScope::kSendActivities),
                        F(canceled_scope, CanceledScope::kOneShot),
                        F(same_turn_cancel, SameTurnCancel::kDrop),
                        F(same_turn_cancel, SameTurnCancel::kKeep),
                        F(update_end, UpdateEnd::kAtOnce),
                        F(update_end, UpdateEnd::kBehindTasks),
                        F(leftover, Leftover::kDiverge),
                        F(leftover, Leftover::kCarry),
                        F(closing, Closing::kCompared),
                        F(closing, Closing::kLastOnly),
                        F(started_tail, StartedTail::kConfirm),
                        F(started_tail, StartedTail::kSkipLast),
                        F(empty_tasks, EmptyTasks::kApart),
                        F(empty_tasks, EmptyTasks::kMerged),
                        F(ids, IdScheme::kOpaque),
                        F(ids, IdScheme::kEventNumber),
                        F(types, TypeMatch::kExact),
                        F(types, TypeMatch::kLastSegment),
                        F(types, TypeMatch::kExactIfFlagged)};
  const std::string R = "/work/shared/histories/recorded",
                    M = "testing/testdata/made";
  for (const Sdk& sdk : kSdks) {
    const std::string n(sdk.name);
    struct Set {
      ProgramFamily f;
      std::string dir, tsv;
    };
    std::vector<Set> sets{{ProgramFamily::kOrder, R + "/" + n + "/Order",
                           R + "/" + n + "/Order/verdicts.tsv"}};
    if (n == "go")
      sets.push_back({ProgramFamily::kPrefixes, R + "/go/Order",
                      R + "/go/Order/PREFIXES.txt"});
    if (n == "python")
      sets.push_back({ProgramFamily::kPrefixes, R + "/python/Order",
                      R + "/python/Order/PREFIXES.tsv"});
    if (n == "go" || n == "python")
      sets.push_back(
          {ProgramFamily::kMade, M + "/" + n, M + "/" + n + "/verdicts.tsv"});
    for (const Flip& flip : flips) {
      Profile p = *FindProfile(n);
      flip.set(p);
      for (const Set& set : sets) {
        auto pairs = *ReadPairs(set.tsv);
        JudgeOptions o{Strictness::Sdk(), &p};
        auto j = JudgePairs(sdk, set.f, set.dir, pairs, o);
        int bad = 0;
        std::string ex;
        for (auto& x : *j)
          if (x.agreement != Agreement::kAgree &&
              x.agreement != Agreement::kQuirk) {
            if (++bad <= 4)
              ex +=
                  " " + x.pair.history +
                  (x.pair.events ? "@" + std::to_string(*x.pair.events) : "") +
                  "/" + x.pair.generation + ":" +
                  std::string(NameOf(x.agreement));
          }
        if (bad)
          std::cout << n << " " << flip.name << " set" << int(set.f) << ": "
                    << bad << ex << "\n";
      }
    }
  }
}
