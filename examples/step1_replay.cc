// A command line that knows one's workflows:
//
//   step1_replay replay PATH...    step1_replay changes
#include "cohort/examples/step1.h"
#include "cohort/testing/replay_main.h"

int main(int argc, char** argv) {
  using cohort_examples::Step1Registry;
  using cohort_examples::Step1Release;
  return cohort::ReplayMain(argc, argv, Step1Registry(Step1Release::kBoth), {});
}
