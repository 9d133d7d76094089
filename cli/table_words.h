// The words of the tables' enums, as `cohort tables` prints them. For this
// room only.
// Threads and errors: functions of their arguments.
#ifndef COHORT_CLI_TABLE_WORDS_H_
#define COHORT_CLI_TABLE_WORDS_H_

#include <string>
#include <string_view>

#include "cohort/engine/kinds.h"
#include "cohort/engine/match_table.h"
#include "cohort/engine/profile.h"
#include "cohort/history/event_row.h"
#include "cohort/versioning/decision.h"

namespace cohort {

std::string_view WordOf(VersionSource source);
std::string_view WordOf(Role role);
std::string_view WordOf(OnRecord on_record);
std::string_view WordOf(CancelBy cancel_by);
std::string_view WordOf(MarkerRole role);
std::string_view WordOf(Outcome outcome);
std::string_view WordOf(Guard guard);
std::string_view WordOf(MatchPolicy policy);
std::string_view WordOf(MatchSource source);
std::string_view WordOf(MarkerPosition position);
std::string_view WordOf(PassedUpsert rule);
std::string_view WordOf(LateMarker rule);
std::string_view WordOf(UnrecordedPatch rule);
std::string_view WordOf(Delivery order);
std::string_view WordOf(IdScheme ids);
std::string_view WordOf(TypeMatch types);
std::string_view WordOf(OwnId own_id);
std::string_view WordOf(BeginsAs begins_as);
std::string_view WordOf(FailsWith error);
std::string_view WordOf(ReadyOrder order);
std::string_view WordOf(CancelRace race);
std::string_view WordOf(CanceledScope rule);
std::string_view WordOf(SameTurnCancel rule);
std::string_view WordOf(LocalMatch rule);
std::string_view WordOf(UpdateEnd rule);
std::string_view WordOf(Leftover rule);
std::string_view WordOf(Closing rule);
std::string_view WordOf(StartedTail rule);
std::string_view WordOf(EmptyTasks rule);

// "issue the cancel, settle as canceled"; "" for nothing.
std::string EffectWords(Effects effects);

}  // namespace cohort

#endif  // COHORT_CLI_TABLE_WORDS_H_
