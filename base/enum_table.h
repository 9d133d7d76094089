// RowsFollowEnum: the proof that a table may be indexed by its enum.
//
//   static_assert(RowsFollowEnum(kKinds, &KindRow::kind));
//
// A row that is put in the middle, and not at its enumerator's place, does not
// compile; else it would rename all rows behind it.
// Threads: pure. Errors: none.
#ifndef COHORT_BASE_ENUM_TABLE_H_
#define COHORT_BASE_ENUM_TABLE_H_

#include <cstddef>

namespace cohort {

// Does the row of every enumerator stand at the enumerator's number?
template <typename Table, typename Row, typename Enum>
consteval bool RowsFollowEnum(const Table& table, Enum Row::*key) {
  std::size_t at = 0;
  for (const Row& row : table) {
    if (static_cast<std::size_t>(row.*key) != at++) return false;
  }
  return true;
}

}  // namespace cohort

#endif  // COHORT_BASE_ENUM_TABLE_H_
