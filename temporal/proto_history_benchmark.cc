// What reading a history in wire form costs, beside its JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "benchmark/benchmark.h"
#include "cohort/history/json_writer.h"
#include "cohort/temporal/proto_history.h"
#include "cohort/temporal/proto_json.h"
#include "cohort/testing/history_builder.h"
#include "google/protobuf/util/json_util.h"
#include "temporal/api/history/v1/message.pb.h"

namespace cohort {
namespace {

const std::string& Text() {
  static const std::string* text = [] {
    HistoryBuilder builder("Loop");
    for (int i = 0; i < 1500; ++i) {
      builder.Turn().Activity("Work").ActivityCompleted(
          {JsonPayload("{\"order\":\"17\",\"amount\":4711}")});
    }
    return new std::string(WriteHistory(builder.Build()));
  }();
  return *text;
}

const std::string& Bytes() {
  static const std::string* bytes = [] {
    temporal::api::history::v1::History wire;
    if (!ParseProtoJson(Text(), wire).ok()) std::abort();
    return new std::string(wire.SerializeAsString());
  }();
  return *bytes;
}

void Count(benchmark::State& state, std::size_t events) {
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void BM_Json(benchmark::State& state) {
  std::size_t events = 0;
  for (auto _ : state) events += History::FromJson(Text())->events().size();
  Count(state, events);
}
BENCHMARK(BM_Json);

void BM_Wire(benchmark::State& state) {
  std::size_t events = 0;
  for (auto _ : state) {
    events += ReadProtoHistory(Bytes(), "x")->events().size();
  }
  Count(state, events);
}
BENCHMARK(BM_Wire);

void BM_WireByProtobufsPrinter(benchmark::State& state) {
  std::size_t events = 0;
  for (auto _ : state) {
    temporal::api::history::v1::History wire;
    std::string json;
    if (!wire.ParseFromString(Bytes()) ||
        !google::protobuf::util::MessageToJsonString(wire, &json).ok()) {
      state.SkipWithError("cannot be read");
      break;
    }
    events += History::FromJson(json)->events().size();
  }
  Count(state, events);
}
BENCHMARK(BM_WireByProtobufsPrinter);

}  // namespace
}  // namespace cohort
