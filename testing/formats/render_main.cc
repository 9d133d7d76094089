// A replay's JSON in another format, on standard output.
//
//   render html replay.json > replay.html
//
// Exit codes: 0 written; 2 usage, or the file is not JSON.
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>

#include "cohort/testing/formats/github.h"
#include "cohort/testing/formats/html.h"
#include "cohort/testing/formats/junit.h"
#include "cohort/testing/formats/sarif.h"
#include "nlohmann/json.hpp"

namespace {

using Json = nlohmann::ordered_json;

struct FormatRow {
  const char* name;
  std::string (*write)(const Json&);
};

constexpr FormatRow kFormats[] = {
    {"junit", cohort::ToJunit},   {"sarif", cohort::ToSarif},
    {"github", cohort::ToGithub}, {"summary", cohort::ToGithubSummary},
    {"html", cohort::ToHtml},
};

constexpr int kUsage = 2;

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) {
    for (const FormatRow& row : kFormats) {
      if (std::strcmp(row.name, argv[1]) != 0) continue;
      std::ifstream in(argv[2], std::ios::binary);
      const Json replay = Json::parse(in, nullptr, /*allow_exceptions=*/false);
      if (!replay.is_object()) {
        std::cerr << "render: " << argv[2] << " is no JSON object; "
                  << "testing/formats/replay_data.h says what it should be\n";
        return kUsage;
      }
      std::cout << row.write(replay);
      return 0;
    }
  }
  std::cerr << "usage: render FORMAT FILE.json; formats:";
  for (const FormatRow& row : kFormats) std::cerr << " " << row.name;
  std::cerr << "\n";
  return kUsage;
}
