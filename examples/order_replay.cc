// The command line that knows the Order workflow:
//
//   order_replay replay PATH...     order_replay coverage PATH...
//
// ORDER_RELEASE=g3 makes it the build of another code generation, and
// ORDER_STYLE=java or python the program as users of those SDKs write it.
#include <cstdlib>
#include <string_view>

#include "cohort/examples/order.h"
#include "cohort/testing/replay_main.h"

int main(int argc, char** argv) {
  using cohort_examples::OrderStyle;
  const auto variable = [](const char* name, std::string_view otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr ? otherwise : std::string_view(value);
  };
  const std::string_view style = variable("ORDER_STYLE", "go");
  return cohort::ReplayMain(
      argc, argv,
      cohort_examples::OrderRegistry(style == "java"     ? OrderStyle::kJava
                                     : style == "python" ? OrderStyle::kPython
                                                         : OrderStyle::kGo,
                                     variable("ORDER_RELEASE", "g2")),
      {});
}
