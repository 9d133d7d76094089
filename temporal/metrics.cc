#include "cohort/temporal/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <exception>
#include <span>
#include <utility>

#include "cohort/base/status.h"

namespace cohort {

struct Metrics::Families {
  std::string ns;
  std::shared_ptr<prometheus::Registry> registry =
      std::make_shared<prometheus::Registry>();
  std::array<prometheus::Family<prometheus::Counter>*, kMetricCount> counters{};
  std::array<prometheus::Family<prometheus::Histogram>*, kMetricCount>
      histograms{};
  std::unique_ptr<prometheus::Exposer> exposer;

  prometheus::Labels LabelsOf(
      const MetricRow& row,
      std::initializer_list<std::string_view> values) const {
    prometheus::Labels labels = {{"namespace", ns}};
    const std::string_view* tag = row.tags.data();
    for (std::string_view value : values) labels.emplace(*tag++, value);
    return labels;
  }
};

Metrics::Metrics(std::string ns) : families_(std::make_unique<Families>()) {
  families_->ns = std::move(ns);
  for (const MetricRow& row : MetricRows()) {
    const auto i = static_cast<std::size_t>(row.metric);
    const std::string name(row.name);
    const std::string help(row.meaning);
    if (row.kind == MetricKind::kCounter) {
      families_->counters[i] =
          &prometheus::BuildCounter().Name(name).Help(help).Register(
              *families_->registry);
    } else {
      families_->histograms[i] =
          &prometheus::BuildHistogram().Name(name).Help(help).Register(
              *families_->registry);
    }
  }
}

Metrics::~Metrics() = default;

void Metrics::Count(Metric metric,
                    std::initializer_list<std::string_view> tags) {
  const MetricRow& row = RowOf(metric);
  families_->counters[static_cast<std::size_t>(metric)]
      ->Add(families_->LabelsOf(row, tags))
      .Increment();
}

void Metrics::Observe(Metric metric,
                      std::initializer_list<std::string_view> tags,
                      absl::Duration value) {
  const MetricRow& row = RowOf(metric);
  const std::span<const double> bounds = BoundsOf(row.buckets);
  families_->histograms[static_cast<std::size_t>(metric)]
      ->Add(
          families_->LabelsOf(row, tags),
          prometheus::Histogram::BucketBoundaries(bounds.begin(), bounds.end()))
      .Observe(absl::ToDoubleSeconds(value));
}

void Metrics::Note(const CallNote& call) {
  Count(call.long_poll ? Metric::kLongRequest : Metric::kRequest,
        {call.method});
  Observe(
      call.long_poll ? Metric::kLongRequestLatency : Metric::kRequestLatency,
      {call.method}, call.latency);
  if (call.code == absl::StatusCode::kOk) return;
  Count(call.long_poll ? Metric::kLongRequestFailure : Metric::kRequestFailure,
        {call.method, absl::StatusCodeToString(call.code)});
}

absl::Status Metrics::Expose(const std::string& address, Exposure exposure) {
  const bool loopback = address.starts_with("127.") ||
                        address.starts_with("localhost:") ||
                        address.starts_with("[::1]:");
  if (!loopback && exposure == Exposure::kLoopback) {
    return InvalidArgument(
        "metrics at {}: not an address of the loopback; whoever reaches it "
        "reads the names of your workflows (Exposure::kEveryone)",
        address);
  }
  try {
    families_->exposer = std::make_unique<prometheus::Exposer>(address);
  } catch (const std::exception& e) {
    return MakeStatus(absl::StatusCode::kUnavailable,
                      "metrics at {}: cannot listen there: {}", address,
                      e.what());
  }
  families_->exposer->RegisterCollectable(families_->registry);
  return absl::OkStatus();
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(families_->registry->Collect());
}

}  // namespace cohort
