// The project's rules of form, each a pure function over one file.
//
//   EXPECT_THAT(CheckTidy({"base/a.h", text}), IsEmpty());
//
// Threads: pure functions. Errors: none; every answer is a list of findings.
#ifndef COHORT_TESTING_TIDY_H_
#define COHORT_TESTING_TIDY_H_

#include <vector>

#include "cohort/testing/source_tree.h"

namespace cohort_testing {

inline constexpr int kFunctionLinesMax = 70;
inline constexpr int kFileLinesMax = 400;
inline constexpr int kTestLinesMax = 600;
// Code points; lines of raw strings, includes and addresses are free. C++ that
// clang-format leaves alone (tables) has the other files' width.
inline constexpr int kCppColumnsMax = 80;
inline constexpr int kOtherColumnsMax = 100;

// C++ functions of more than kFunctionLinesMax lines, signature included.
std::vector<Finding> CheckFunctionLines(const SourceFile& file);

// Files of more than kFileLinesMax lines (kTestLinesMax in x_test.cc). Prose
// has no limit.
std::vector<Finding> CheckFileLines(const SourceFile& file);

std::vector<Finding> CheckColumns(const SourceFile& file);

// Marks of unfinished work.
std::vector<Finding> CheckMarks(const SourceFile& file);

// Names that say nothing: util, common, helper, manager.
std::vector<Finding> CheckFileName(const SourceFile& file);

// COHORT_<PATH>_H_, opened, defined and named again at the end.
std::vector<Finding> CheckHeaderGuard(const SourceFile& file);

// thread_local, and variables with static storage that are not constant; in
// library code.
std::vector<Finding> CheckMutableStatics(const SourceFile& file);

// In history .. engine: clocks, random devices, seeded hashes, threads.
std::vector<Finding> CheckDeterminism(const SourceFile& file);

// In the same rooms: what ends the process.
std::vector<Finding> CheckEndsOfProcess(const SourceFile& file);

// `using namespace` in a header.
std::vector<Finding> CheckUsingNamespace(const SourceFile& file);

// Absolute paths of somebody's machine.
std::vector<Finding> CheckMachinePaths(const SourceFile& file);

// All of them.
std::vector<Finding> CheckTidy(const SourceFile& file);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_TIDY_H_
