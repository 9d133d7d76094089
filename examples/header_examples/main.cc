// The examples run in a folder of their own, which holds what they name:
//
//   order-17.json  histories/order-17.json  testdata/orders/o-17.json
//   fleet/list.json  fleet/run-1.json
#include <filesystem>
#include <fstream>
#include <string>

#include "cohort/examples/header_examples/surroundings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace {

namespace fs = std::filesystem;

constexpr const char* kList = R"([{
  "execution": {"workflowId": "workflow-1", "runId": "run-1"},
  "type": {"name": "Order"},
  "startTime": "2023-11-14T22:13:20Z",
  "status": "WORKFLOW_EXECUTION_STATUS_COMPLETED"}]
)";

void Put(const fs::path& file, const std::string& text) {
  if (file.has_parent_path()) fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

void EnterFolder() {
  const fs::path folder = fs::path(testing::TempDir()) / "header_examples";
  fs::remove_all(folder);
  fs::create_directories(folder);
  fs::current_path(folder);
  const std::string order = cohort_examples::ShippedOrder().ToJson();
  Put("order-17.json", order);
  Put("histories/order-17.json", order);
  Put("testdata/orders/o-17.json", order);
  Put("fleet/run-1.json", order);
  Put("fleet/list.json", kList);
}

}  // namespace

int main(int argc, char** argv) {
  EnterFolder();  // before tests are made of its files
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
