// The options of `cohort sample`.
//
//   SampleArgs args;
//   bool json = false;
//   const CLI::App* sample = AddSampleCommand(app, args, json);
//
// Threads: one at a time. Errors: CLI11's, where the line is parsed.
#ifndef COHORT_CLI_SAMPLE_COMMAND_H_
#define COHORT_CLI_SAMPLE_COMMAND_H_

#include "CLI/CLI.hpp"
#include "cohort/cli/sample.h"

namespace cohort {

// The options write to `sample` and `json`, which live as long as `app`.
CLI::App* AddSampleCommand(CLI::App& app, SampleArgs& sample, bool& json);

}  // namespace cohort

#endif  // COHORT_CLI_SAMPLE_COMMAND_H_
