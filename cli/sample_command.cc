#include "cohort/cli/sample_command.h"

namespace cohort {

CLI::App* AddSampleCommand(CLI::App& app, SampleArgs& sample, bool& json) {
  CLI::App* command = app.add_subcommand(
      "sample",
      "Choose runs of a fleet, store their histories, and say what a "
      "clean\nreplay of them will prove");
  command
      ->add_option("--from", sample.from,
                   "A folder of histories, or the output of `temporal workflow "
                   "list --output json`\nwith the histories in its folder")
      ->required();
  command->add_option("--into", sample.into, "The folder of the corpus")
      ->required();
  command->add_option("--query", sample.query,
                      "Only these runs: a list filter");
  command->add_option("--type", sample.types, "Only these workflow types");
  command->add_option("--started-after", sample.started_after,
                      "Only runs started at this time or later");
  command->add_option("--started-before", sample.started_before,
                      "Only runs started before this time");
  command
      ->add_option("--per-stratum", sample.per_stratum,
                   "Drawn at random of each stratum, at least")
      ->capture_default_str();
  command->add_option("--budget", sample.budget,
                      "Runs in all, at most (500; until a risk 10000)");
  command->add_option("--seed", sample.seed, "Another seed, another sample")
      ->capture_default_str();
  command->add_option("--until-risk", sample.until_risk,
                      "Draw until a clean replay shows that at most this share "
                      "breaks: 0.1%");
  command
      ->add_option("--keep", sample.keep,
                   "each: every history; one-each-shape: a small corpus, "
                   "which bounds nothing")
      ->capture_default_str();
  command->add_option("--at", sample.at, "Ages are counted to this time (now)");
  command->add_flag("--json", json, "The same as JSON, with all runs");
  return command;
}

}  // namespace cohort
