// Metrics: what a service and a port count, for Prometheus.
//
//   Metrics metrics("default");  // the namespace
//   ServiceOptions options;
//   options.on_call = [&](const CallNote& call) { metrics.Note(call); };
//   COHORT_ASSIGN_OR_RETURN(std::shared_ptr<Service> service,
//                           Service::Open(connection, options));
//   ClusterPort port(service, &metrics);
//   COHORT_RETURN_IF_ERROR(metrics.Expose("127.0.0.1:9464"));
//   metrics.Text();  // as a scrape sees it
//
// Threads: any. Errors: Expose: kInvalidArgument for an address that is not of
// this machine's loopback, unless it is asked for; kUnavailable where the port
// is taken.
#ifndef COHORT_TEMPORAL_METRICS_H_
#define COHORT_TEMPORAL_METRICS_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cohort/temporal/metric_table.h"
#include "cohort/temporal/service.h"

namespace cohort {

enum class Exposure : std::uint8_t {
  kLoopback,
  kEveryone,  // whoever reaches the address reads the names of your workflows
};

class Metrics {
 public:
  explicit Metrics(std::string ns);
  ~Metrics();

  // `tags` are the values of the row's tags, in their order.
  void Count(Metric metric, std::initializer_list<std::string_view> tags);
  void Observe(Metric metric, std::initializer_list<std::string_view> tags,
               absl::Duration value);
  void Note(const CallNote& call);

  absl::Status Expose(const std::string& address,
                      Exposure exposure = Exposure::kLoopback);
  std::string Text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace cohort

#endif  // COHORT_TEMPORAL_METRICS_H_
