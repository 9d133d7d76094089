// conformance: replays recorded histories with every generation of the code
// and prints how often we and an SDK's own replayer agree.
//
//   conformance --sdk go --family Order --histories recorded/go/Order
//       --verdicts recorded/go/Order/verdicts.tsv --out pairs.tsv
//
// Exit code 0; 1 if we are looser anywhere, or stricter without a named rule;
// 2 for bad arguments or files.
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "cohort/testing/conformance/conformance.h"

namespace cohort_testing {
namespace {

constexpr int kUsage = 2;
constexpr std::size_t kExamplesMax = 5;

struct Args {
  std::string sdk;
  std::string family;
  std::string histories;
  std::string verdicts;
  std::string out;
  std::string strict = "all";
};

int Complain(std::string_view message) {
  std::cerr << message << "\n";
  return kUsage;
}

int Conformance(const Args& args) {
  const Sdk* sdk = FindSdk(args.sdk);
  const std::optional<ProgramFamily> family = FindFamily(args.family);
  if (sdk == nullptr || !family) return Complain("no such SDK or family");
  const auto pairs = ReadPairs(args.verdicts);
  if (!pairs.ok()) return Complain(pairs.status().ToString());
  const auto strictness = cohort::ParseStrictness(args.strict);
  if (!strictness)
    return Complain("--strict " + args.strict + ": no such level");
  const auto judged = JudgePairs(*sdk, *family, args.histories, *pairs,
                                 {.strictness = *strictness});
  if (!judged.ok()) return Complain(judged.status().ToString());
  if (!args.out.empty()) {
    std::ofstream out(args.out, std::ios::binary);
    if (!(out << ToTsv(*judged))) {
      return Complain(args.out + ": cannot be written");
    }
  }
  const Counts counts = Count(*judged);
  std::cout << Summary(counts) << "\n";
  std::size_t shown = 0;
  for (const Judged& j : *judged) {
    const bool unnamed =
        j.agreement == Agreement::kStricter && !cohort::FindStrictRule(j.rule);
    if (j.agreement != Agreement::kLooser && !unnamed) continue;
    if (++shown > kExamplesMax) break;
    std::cerr << NameOf(j.agreement) << ": "
              << ToTsv(std::span(&j, 1)).substr(ToTsv({}).size()) << j.finding
              << "\n";
  }
  return counts.looser + counts.unnamed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace cohort_testing

int main(int argc, char** argv) {
  cohort_testing::Args args;
  CLI::App app("Our verdicts beside those of the SDKs' own replayers.");
  app.add_option("--sdk", args.sdk, "go, java, python or typescript")
      ->required();
  app.add_option("--family", args.family,
                 "Order, Loop, Fanout, made or prefixes")
      ->required();
  app.add_option("--histories", args.histories, "the histories' folder")
      ->required();
  app.add_option("--verdicts", args.verdicts, "the official verdicts")
      ->required();
  app.add_option("--out", args.out,
                 "write one line for each pair to this file");
  app.add_option("--strict", args.strict,
                 "all: find all we can; sdk: what the SDK's replayer finds; "
                 "or names of rules, with commas between them");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : cohort_testing::kUsage;
  }
  return cohort_testing::Conformance(args);
}
