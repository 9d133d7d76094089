// `cohort tables`: the tables that decide, printed from the code that reads
// them.
//
//   for (const Table& table : Tables()) std::cout << table.print();
//   WriteFile(path, *WithTables(ReadFile(path)));
//
// Every table is Markdown. A document holds one between the lines
// <!-- table:NAME --> and <!-- end -->; the name "diagram" holds the lifecycle
// as a picture.
// Threads: constants and functions of their arguments.
// Errors: WithTables: kInvalidArgument for a block of unknown name or without
// an end.
#ifndef COHORT_CLI_TABLES_H_
#define COHORT_CLI_TABLES_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace cohort {

struct Table {
  std::string_view name;   // "lifecycle"
  std::string_view title;  // what it decides, in a few words
  std::string (*print)();
};

// All of them, in the order in which they come to bear.
std::span<const Table> Tables();

// Null for an unknown name.
const Table* FindTable(std::string_view name);

// The lifecycle as a state diagram in Mermaid's language.
std::string LifecycleDiagram();

// Names of the marked blocks of the document, in order.
std::vector<std::string> TableBlocks(std::string_view document);

// The document with today's tables in its blocks.
absl::StatusOr<std::string> WithTables(std::string_view document);

}  // namespace cohort

#endif  // COHORT_CLI_TABLES_H_
